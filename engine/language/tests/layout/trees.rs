//! Random trees of rules, of every form that the language has.

use mapwright_language::source::{FileId, Span};
use mapwright_language::syntax::foreign;
use mapwright_language::syntax::print;
use mapwright_language::syntax::tree::{
    Arm, Expr, ExprKind, FieldRule, ForBody, Let, Name, On, Operator, Rule, Rules, Selector, SortKey, Target, TextPart,
    Unread,
};
use proptest::prelude::*;

const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: NOWHERE }
}

fn name(text: &str) -> Name {
    Name { text: text.to_owned(), span: NOWHERE }
}

fn any_name() -> impl Strategy<Value = Name> {
    prop::sample::select(vec![
        "a",
        "b_1",
        "Total",
        "custom",
        "each",
        "first",
        "by",
        "empty",
        "with",
        "contains",
        "on",
        "create",
        "any",
        "if",
        "or",
        "not",
        "in",
        "let",
        "otherwise",
        "null",
        "content-type",
        "Item #",
        "ü",
        "it's",
        "descending",
    ])
    .prop_map(name)
}

/// A function of another language is refused, with a message of its own, and read as what it is here.
fn function_name() -> impl Strategy<Value = Name> {
    any_name().prop_map(|n| if !foreign::search(&n.text).is_empty() { name("firsts") } else { n })
}

fn plain_text() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "x",
        "two words",
        "  ",
        "it's",
        "say \"no\"",
        "a # b",
        "{",
        "}",
        "\\",
        "\n",
        "\t",
        "<- b",
        "é–☃",
        "both ' and \"",
        "| otherwise",
        "-1",
        "on create",
    ])
    .prop_map(str::to_owned)
}

fn hole() -> impl Strategy<Value = Expr> {
    let start = (any_name(), any::<bool>()).prop_map(|(name, quoted)| variable(name, quoted));
    start.prop_recursive(3, 4, 1, |inner| {
        prop_oneof![
            (inner.clone(), any_name()).prop_map(|(e, n)| expr(ExprKind::Member(Box::new(e), n))),
            (
                inner,
                prop_oneof![
                    (-3i64..9).prop_map(Selector::Index),
                    Just(Selector::First),
                    Just(Selector::Last),
                    Just(Selector::All),
                    Just(Selector::Key(String::from("Two words #"))),
                ]
            )
                .prop_map(|(e, s)| expr(ExprKind::Select(Box::new(e), s))),
        ]
    })
}

/// A name as a value: what is no word, or a reserved one, can only stand in backticks.
fn variable(name: Name, quoted: bool) -> Expr {
    let needs = print::expression(&expr(ExprKind::Name { name: name.clone(), quoted: false })).starts_with('`');
    expr(ExprKind::Name { name, quoted: quoted || needs })
}

fn text() -> impl Strategy<Value = Expr> {
    let mixed = (plain_text(), hole(), prop::option::of(plain_text())).prop_map(|(before, hole, after)| {
        let mut parts = vec![TextPart::Text(before), TextPart::Hole(hole)];
        parts.extend(after.map(TextPart::Text));
        parts
    });
    prop_oneof![
        Just(vec![]),
        plain_text().prop_map(|t| vec![TextPart::Text(t)]),
        hole().prop_map(|h| vec![TextPart::Hole(h)]),
        mixed,
    ]
    .prop_map(|parts| expr(ExprKind::Text(parts)))
}

fn literal() -> impl Strategy<Value = Expr> {
    prop_oneof![
        Just(expr(ExprKind::Null)),
        any::<bool>().prop_map(|b| expr(ExprKind::Bool(b))),
        number(),
        plain_text().prop_map(|t| expr(ExprKind::Text(vec![TextPart::Text(t)]))),
    ]
}

fn number() -> impl Strategy<Value = Expr> {
    prop::sample::select(vec!["0", "1", "-1", "12.50", "-0.001", "1234567890123456789012345678"])
        .prop_map(|n| expr(ExprKind::Number(n.parse().unwrap())))
}

fn target() -> impl Strategy<Value = Target> {
    let custom = prop::sample::select(vec!["Brand", "Item #", "say \"no\"", "{x}"]).prop_map(name);
    prop_oneof![
        prop::collection::vec(any_name(), 1..4).prop_map(|path| Target { path, custom: None, span: NOWHERE }),
        (prop::collection::vec(any_name(), 0..2), custom).prop_map(|(path, custom)| Target {
            path,
            custom: Some(custom),
            span: NOWHERE
        }),
    ]
}

fn field_rules(inner: impl Strategy<Value = Expr>) -> impl Strategy<Value = Vec<FieldRule>> {
    prop::collection::vec((target(), inner).prop_map(|(target, value)| FieldRule { target, value }), 0..3)
}

fn operator() -> impl Strategy<Value = Operator> {
    use Operator as O;
    prop::sample::select(vec![
        O::Add,
        O::Subtract,
        O::Multiply,
        O::Divide,
        O::Equal,
        O::NotEqual,
        O::Less,
        O::LessOrEqual,
        O::Greater,
        O::GreaterOrEqual,
        O::In,
        O::NotIn,
        O::StartsWith,
        O::EndsWith,
        O::Contains,
        O::And,
        O::Or,
        O::OrIfNull,
        O::OrIfEmpty,
    ])
}

fn selector(inner: BoxedStrategy<Expr>) -> impl Strategy<Value = Selector> {
    let keys = prop::collection::vec(
        (inner.clone(), any::<bool>()).prop_map(|(by, descending)| SortKey { by, descending }),
        1..3,
    );
    let boxed = inner.prop_map(Box::new);
    prop_oneof![
        (-3i64..9).prop_map(Selector::Index),
        Just(Selector::First),
        Just(Selector::Last),
        Just(Selector::All),
        plain_text().prop_map(Selector::Key),
        (any_name(), boxed.clone()).prop_map(|(n, e)| Selector::Each(n, e)),
        (any_name(), boxed.clone()).prop_map(|(n, e)| Selector::FirstWhere(n, e)),
        (any_name(), keys).prop_map(|(n, k)| Selector::Sort(n, k)),
        (any_name(), boxed.clone()).prop_map(|(n, e)| Selector::Unique(n, e)),
        (any_name(), boxed).prop_map(|(n, e)| Selector::Group(n, e)),
    ]
}

fn expression() -> BoxedStrategy<Expr> {
    let json_path = prop::sample::select(vec!["$", "$.a[*].b", "$..x", "$.a[?@.b>1]", "$['k # 1']"])
        .prop_map(|p| expr(ExprKind::JsonPath(p.to_owned())));
    let leaf = prop_oneof![
        literal(),
        text(),
        json_path,
        Just(expr(ExprKind::Clear)),
        (any_name(), any::<bool>()).prop_map(|(n, q)| variable(n, q)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let inner = inner.boxed();
        let boxed = inner.clone().prop_map(Box::new).boxed();
        let some = prop::option::of(boxed.clone());
        let arm = (prop::collection::vec(literal(), 1..3), inner.clone())
            .prop_map(|(patterns, result)| Arm { patterns, result });
        let body = prop_oneof![
            field_rules(inner.clone()).prop_map(ForBody::Record),
            boxed.clone().prop_map(ForBody::Value),
            (boxed.clone(), boxed.clone()).prop_map(|(k, v)| ForBody::Entry(k, v)),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(ExprKind::List),
            field_rules(inner.clone()).prop_map(ExprKind::Record),
            prop::collection::vec((inner.clone(), inner.clone()), 1..3).prop_map(ExprKind::Dictionary),
            (boxed.clone(), any_name()).prop_map(|(e, n)| ExprKind::Member(e, n)),
            (boxed.clone(), selector(inner.clone())).prop_map(|(e, s)| ExprKind::Select(e, s)),
            (function_name(), prop::collection::vec(inner.clone(), 0..3)).prop_map(|(function, arguments)| {
                ExprKind::Call { function, arguments, piped: false, each: false }
            }),
            (function_name(), prop::collection::vec(inner.clone(), 1..3), any::<bool>())
                .prop_map(|(function, arguments, each)| ExprKind::Call { function, arguments, piped: true, each }),
            boxed.clone().prop_map(ExprKind::Negate),
            boxed.clone().prop_map(ExprKind::Not),
            (operator(), boxed.clone(), boxed.clone()).prop_map(|(o, a, b)| ExprKind::Binary(o, a, b)),
            (boxed.clone(), any::<bool>()).prop_map(|(subject, negated)| ExprKind::IsEmpty { subject, negated }),
            (any::<bool>(), any_name(), boxed.clone(), boxed.clone()).prop_map(|(every, binder, list, condition)| {
                ExprKind::Quantified { every, binder, list, condition }
            }),
            (boxed.clone(), boxed.clone(), some.clone()).prop_map(|(condition, then, otherwise)| ExprKind::If {
                condition,
                then,
                otherwise
            }),
            (boxed.clone(), prop::collection::vec(arm, 1..3), some.clone())
                .prop_map(|(subject, arms, otherwise)| ExprKind::Match { subject, arms, otherwise }),
            (any_name(), boxed.clone(), some, body).prop_map(|(binder, list, condition, body)| ExprKind::For {
                binder,
                list,
                condition,
                body
            }),
            (boxed.clone(), boxed).prop_map(|(a, b)| ExprKind::Otherwise(a, b)),
        ]
        .prop_map(expr)
    })
    .boxed()
}

/// Lets and rules of every form.
pub fn rules() -> impl Strategy<Value = Rules> {
    let on = prop::sample::select(vec![None, Some(On::Create), Some(On::Update)]);
    let one = (target(), expression(), on).prop_map(|(target, value, on)| Rule { target, value, on, span: NOWHERE });
    let named = (any_name(), expression()).prop_map(|(name, value)| Let { name, value, span: NOWHERE });
    (prop::collection::vec(named, 0..2), prop::collection::vec(one, 1..4)).prop_map(|(lets, rules)| Rules {
        lets,
        rules,
        unread: Unread::default(),
    })
}
