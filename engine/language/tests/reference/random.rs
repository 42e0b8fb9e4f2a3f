//! Random rules, well typed mostly, and random records for them. Seeded, so that a run can be made again.

pub struct Random {
    state: u64,
    names: usize,
}

/// Names in reach whose fields may be read: the source, or an element of `parts`.
#[derive(Clone, Copy, PartialEq)]
enum Reach<'a> {
    Thing,
    /// Also this binder, an element of `parts`.
    Part(&'a str),
    /// Also this binder, a text.
    Text(&'a str),
}

impl Random {
    pub fn new(seed: u64) -> Random {
        Random { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, names: 0 }
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % end as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn fresh(&mut self) -> String {
        self.names += 1;
        format!("x{}", self.names)
    }

    pub fn collection(&mut self) -> String {
        self.names = 0;
        let mut text =
            String::from("collection: Random\nrecord: Thing\ndirection: from\nsync: update\nbigcommerce: shop.thing\n");
        if self.below(4) == 0 {
            text.push_str(&format!("filter: |\n  {}\n", self.truth(2, Reach::Thing)));
        }
        text.push_str("rules: |\n");
        let depth = 1 + self.below(3);
        let rules: [&dyn Fn(&mut Self) -> String; 7] = [
            &|r| format!("visible <- {}", r.truth(depth, Reach::Thing)),
            &|r| format!("code <- {}", r.text(depth, Reach::Thing)),
            &|r| format!("count <- {}", r.integer(depth, Reach::Thing)),
            &|r| format!("tags <- {}", r.texts(depth, Reach::Thing)),
            &|r| {
                format!(
                    "made_at <- {}",
                    r.one(&["made_at", "if active then made_at", "made_at ?? instant(\"2024-01-31T00:00:00Z\")"])
                )
            },
            &|r| format!("made_on <- {}", r.one(&["day", "if qty > 1 then day else date(\"2024-02-29\")"])),
            &|r| {
                let x = r.fresh();
                let (label, amount) = (r.text(depth, Reach::Part(&x)), r.number(depth, Reach::Part(&x)));
                let condition =
                    if r.below(2) == 0 { format!(" where {}", r.truth(1, Reach::Part(&x))) } else { String::new() };
                format!("rows <- for {x} in parts{condition} {{ label <- {label} ?? \"none\", amount <- {amount} }}")
            },
        ];
        let first = self.below(rules.len());
        for i in 0..=self.below(3) {
            let rule = rules[(first + i) % rules.len()](self);
            text.push_str(&format!("  {rule}\n"));
        }
        text
    }

    fn text(&mut self, depth: usize, reach: Reach<'_>) -> String {
        if depth == 0 {
            let leaves = [
                "name",
                "code",
                "status",
                "mood",
                "maker.name",
                "maker.town",
                "\"a\"",
                "\"B c\"",
                "tags[0]",
                "tags[last]",
                "custom[\"A\"]",
            ];
            return match reach {
                Reach::Part(x) if self.below(2) == 0 => format!("{x}.{}", self.one(&["sku", "size"])),
                Reach::Text(x) if self.below(2) == 0 => x.to_owned(),
                _ => self.one(&leaves).to_owned(),
            };
        }
        let d = depth - 1;
        match self.below(12) {
            0 => format!("({} | {})", self.text(d, reach), self.one(&["trim", "upper", "lower", "truncate(2)"])),
            1 => format!("({} ?? {})", self.text(d, reach), self.text(d, reach)),
            2 => format!("({} or if empty {})", self.text(d, reach), self.text(d, reach)),
            3 => format!("(if {} then {} else {})", self.truth(d, reach), self.text(d, reach), self.text(d, reach)),
            4 => format!("(if {} then {})", self.truth(d, reach), self.text(d, reach)),
            5 => format!(
                "\"{{{}}}-{{{}}}\"",
                self.one(&["name", "qty", "price", "status", "cost"]),
                self.one(&["code", "qty", "maker.town"])
            ),
            6 => {
                let x = self.fresh();
                format!("parts[first {x} where {}].sku", self.truth(d, Reach::Part(&x)))
            }
            7 => format!("({} | join(\"+\"))", self.texts(d, reach)),
            8 => format!("({} otherwise {})", self.text(d, reach), self.text(d, reach)),
            9 => format!("(match status {{ \"Active\": {}, else: {} }})", self.text(d, reach), self.text(d, reach)),
            10 => format!("({}[{}])", self.texts(d, reach), self.one(&["0", "-1", "first", "1", "7"])),
            _ => self.text(0, reach),
        }
    }

    fn number(&mut self, depth: usize, reach: Reach<'_>) -> String {
        if depth == 0 {
            return match reach {
                Reach::Part(x) if self.below(2) == 0 => format!("{x}.cost"),
                _ => self.one(&["price", "cost", "qty", "on_hand", "2.5", "0", "-3", "100"]).to_owned(),
            };
        }
        let d = depth - 1;
        match self.below(9) {
            0 | 1 => {
                format!("({} {} {})", self.number(d, reach), self.one(&["+", "-", "*", "/"]), self.number(d, reach))
            }
            2 => format!("({} | round({}))", self.number(d, reach), self.one(&["1", "2", "3"])),
            3 => String::from("(parts[*].cost | sum)"),
            4 => format!("({} ?? {})", self.number(d, reach), self.number(d, reach)),
            5 => format!("(if {} then {} else {})", self.truth(d, reach), self.number(d, reach), self.number(d, reach)),
            6 | 7 => {
                format!("({} | number{})", self.text(d, reach), self.one(&["", " otherwise 7", " otherwise null"]))
            }
            _ => self.number(0, reach),
        }
    }

    fn integer(&mut self, depth: usize, reach: Reach<'_>) -> String {
        match self.below(4) {
            0 => format!("{} | round(0)", self.number(depth, reach)),
            1 => format!("{} | count", self.texts(depth, reach)),
            2 => format!("(qty {} {})", self.one(&["+", "-", "*"]), self.one(&["on_hand", "3", "qty"])),
            _ => self.one(&["qty", "on_hand", "on_hand ?? qty"]).to_owned(),
        }
    }

    fn truth(&mut self, depth: usize, reach: Reach<'_>) -> String {
        if depth == 0 {
            return match self.below(3) {
                0 => String::from("active"),
                1 => format!("{} is {}empty", self.text(0, reach), self.one(&["", "not "])),
                _ => {
                    format!("{} {} {}", self.number(0, reach), self.one(&["<", "<=", ">", ">="]), self.number(0, reach))
                }
            };
        }
        let d = depth - 1;
        match self.below(10) {
            0 => format!("({} and {})", self.truth(d, reach), self.truth(d, reach)),
            1 => format!("({} or {})", self.truth(d, reach), self.truth(d, reach)),
            2 => format!("(not ({}))", self.truth(d, reach)),
            3 => format!(
                "({} {} {})",
                self.number(d, reach),
                self.one(&["<", "<=", ">", ">=", "==", "!="]),
                self.number(d, reach)
            ),
            4 => format!(
                "({} {} {})",
                self.text(d, reach),
                self.one(&["==", "!=", "<", ">", "starts with", "ends with", "contains"]),
                self.text(d, reach)
            ),
            5 => format!(
                "({} {} [{}, {}])",
                self.text(d, reach),
                self.one(&["in", "not in"]),
                self.text(0, reach),
                self.text(0, reach)
            ),
            6 => {
                let x = self.fresh();
                format!("({} {x} in parts where {})", self.one(&["any", "every"]), self.truth(d, Reach::Part(&x)))
            }
            7 => format!("({} is {}empty)", self.texts(d, reach), self.one(&["", "not "])),
            8 => format!("({} in {})", self.text(d, reach), self.texts(d, reach)),
            _ => self.truth(0, reach),
        }
    }

    fn texts(&mut self, depth: usize, reach: Reach<'_>) -> String {
        // what is in reach may also be an element
        if let (Reach::Text(x), 0) = (reach, self.below(6)) {
            return format!("[{x}, name]");
        }
        if depth == 0 {
            return self.one(&["tags", "parts[*].sku", "groups[*].name", "[name, code]", "[\"a\", \"b\"]"]).to_owned();
        }
        let d = depth - 1;
        let x = self.fresh();
        match self.below(8) {
            0 => format!("(tags[each {x} where {}])", self.truth(d, Reach::Text(&x))),
            1 => format!("(parts[each {x} where {}].sku)", self.truth(d, Reach::Part(&x))),
            2 => format!("(for {x} in tags {{ {} }})", self.text(d, Reach::Text(&x))),
            3 => format!(
                "(for {x} in parts where {} {{ {} }})",
                self.truth(d, Reach::Part(&x)),
                self.text(d, Reach::Part(&x))
            ),
            4 => format!(
                "(parts[sort {x} by {x}.{}{}, {x}.sku][*].sku)",
                self.one(&["cost", "size"]),
                self.one(&["", " descending"])
            ),
            5 => format!("(parts[unique {x} by {x}.{}][*].sku)", self.one(&["cost", "size", "sku"])),
            6 => format!("({} | each {})", self.texts(d, reach), self.one(&["upper", "trim"])),
            _ => {
                let y = self.fresh();
                format!("(for {y} in parts[group {x} by {x}.size] {{ {y}.items[*].sku | join(\"/\") }})")
            }
        }
    }

    /// A record of the test catalog's Thing; fields are left out, null, empty or odd now and then.
    pub fn record(&mut self) -> String {
        let texts = ["\"a\"", "\"Bench\"", "\"\"", "\" \"", "null", "\"12.5\"", "\"B c\"", "\"é\""];
        let numbers = ["0", "1", "2.50", "-3", "null", "1e2", "0.1", "99999999999999999999999999.99"];
        let mut fields = vec![String::from("\"id\":1")];
        let mut maybe = |random: &mut Self, name: &str, value: String| {
            if random.below(6) != 0 {
                fields.push(format!("\"{name}\":{value}"));
            }
        };
        for name in ["name", "code"] {
            let value = self.one(&texts).to_owned();
            maybe(self, name, value);
        }
        for name in ["price", "cost"] {
            let value = self.one(&numbers).to_owned();
            maybe(self, name, value);
        }
        for name in ["qty", "on_hand"] {
            let value = self.one(&["0", "1", "4", "null", "-2"]).to_owned();
            maybe(self, name, value);
        }
        let status = self.one(&["\"Active\"", "\"Inactive\""]).to_owned();
        maybe(self, "status", status);
        let mood = self.one(&["\"Good\"", "\"Bad\"", "null"]).to_owned();
        maybe(self, "mood", mood);
        let active = self.one(&["true", "false", "null"]).to_owned();
        maybe(self, "active", active);
        maybe(self, "made_at", String::from("\"2026-03-08T12:00:00Z\""));
        maybe(self, "day", String::from("\"2026-03-08\""));
        let tags = self.one(&["[]", "null", "[\"a\"]", "[\"b\",\"a\",\"b\"]", "[\"x\",null,\"\"]"]).to_owned();
        maybe(self, "tags", tags);
        let maker =
            self.one(&["null", "{\"name\":\"M\",\"town\":null}", "{\"name\":\"\",\"town\":\"Rome\"}"]).to_owned();
        maybe(self, "maker", maker);
        maybe(self, "groups", String::from("[{\"id\":1,\"name\":\"G\"},{\"id\":2,\"name\":\"H\"}]"));
        maybe(self, "custom_fields", String::from("{\"A\":\"own\",\"B\":null}"));
        let count = self.below(5);
        let parts: Vec<String> = (0..count)
            .map(|i| {
                let (size, cost) =
                    (self.one(&["\"L\"", "null", "\"M\"", "\"\""]), self.one(&["1", "2.0", "2", "null", "10.25"]));
                format!("{{\"id\":{i},\"sku\":\"S{i}\",\"size\":{size},\"cost\":{cost}}}")
            })
            .collect();
        maybe(self, "parts", format!("[{}]", parts.join(",")));
        format!("{{{}}}", fields.join(","))
    }
}
