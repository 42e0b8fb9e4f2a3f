//! Static types.

use std::sync::Arc;

/// Before the record type of an id that was found by a link: it is an id of that record's counterpart in the other system.
pub const LINKED: &str = "link:";

/// A type, with or without null.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// What it is when it is not null.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// text
    Text,
    /// whole number
    Integer,
    /// exact decimal
    Decimal,
    /// true or false
    Boolean,
    /// a point in time
    Instant,
    /// a day
    Date,
    /// one of these texts
    Enum(Arc<[String]>),
    /// an id of that record type of that system (`None`: of no known type)
    Id(Option<Arc<str>>),
    /// a list
    List(Box<Type>),
    /// a record of that shape
    Record(crate::plan::ShapeId),
    /// text → value
    Dictionary(Box<Type>),
    /// only ever null (the literal `null`, an empty list's element)
    Nothing,
    /// text or list, by name
    Any,
}

impl Type {
    /// A type that cannot be null.
    #[must_use]
    pub fn of(kind: Kind) -> Type {
        Type { kind, nullable: false }
    }

    /// The same type, null allowed or not.
    #[must_use]
    pub fn nullable(mut self, nullable: bool) -> Type {
        self.nullable = nullable;
        self
    }

    /// In words: `a text`, `a list of ids of Product`.
    #[must_use]
    pub fn words(&self) -> String {
        self.kind.words()
    }
}

impl Kind {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Kind::Text => String::from("a text"),
            Kind::Integer => String::from("a whole number"),
            Kind::Decimal => String::from("a number"),
            Kind::Boolean => String::from("true or false"),
            Kind::Instant => String::from("a point in time"),
            Kind::Date => String::from("a day"),
            Kind::Enum(values) if values.len() == 1 => {
                format!("the text `{}`", values.first().map_or("", String::as_str))
            }
            Kind::Enum(_) => String::from("one of a few texts"),
            Kind::Id(Some(of)) => format!("an id of {}", of.strip_prefix(LINKED).unwrap_or(of)),
            Kind::Id(None) => String::from("an id"),
            Kind::List(of) => format!("a list of {}", of.kind.several()),
            Kind::Record(_) => String::from("a record"),
            Kind::Dictionary(of) => format!("a dictionary of {}", of.kind.several()),
            Kind::Nothing => String::from("nothing"),
            Kind::Any => String::from("a text or a list"),
        }
    }

    /// Several of them in words.
    #[must_use]
    pub fn several(&self) -> String {
        match self {
            Kind::Text | Kind::Enum(_) => String::from("texts"),
            Kind::Integer => String::from("whole numbers"),
            Kind::Decimal => String::from("numbers"),
            Kind::Boolean => String::from("true and false"),
            Kind::Instant => String::from("points in time"),
            Kind::Date => String::from("days"),
            Kind::Id(Some(of)) => format!("ids of {}", of.strip_prefix(LINKED).unwrap_or(of)),
            Kind::Id(None) => String::from("ids"),
            Kind::List(_) => String::from("lists"),
            Kind::Record(_) => String::from("records"),
            Kind::Dictionary(_) => String::from("dictionaries"),
            Kind::Nothing => String::from("nothing"),
            Kind::Any => String::from("texts or lists"),
        }
    }

    /// Whether it reads as text: text, a few texts, an id.
    #[must_use]
    pub fn is_textual(&self) -> bool {
        matches!(self, Kind::Text | Kind::Enum(_) | Kind::Id(_) | Kind::Any)
    }

    /// Whether two of them have an order: numbers, texts, times.
    #[must_use]
    pub fn has_order(&self) -> bool {
        self.is_number()
            || matches!(self, Kind::Text | Kind::Enum(_) | Kind::Instant | Kind::Date | Kind::Nothing | Kind::Any)
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self, Kind::Integer | Kind::Decimal)
    }
}

/// The type of a value that is one of two (branches, arms, elements, `??`); `None` = they do not go together. `same_record`
/// says whether two names of id types mean the same records: one by link, one by the system's own name.
#[must_use]
pub fn join(a: &Type, b: &Type, same_record: &dyn Fn(&str, &str) -> bool) -> Option<Type> {
    let nullable = a.nullable || b.nullable;
    let kind = match (&a.kind, &b.kind) {
        (Kind::Nothing, other) | (other, Kind::Nothing) => other.clone(),
        (a, b) if a == b => a.clone(),
        (a, b) if a.is_number() && b.is_number() => Kind::Decimal,
        (Kind::Enum(a), Kind::Enum(b)) => {
            let mut all: Vec<String> = a.iter().cloned().collect();
            all.extend(b.iter().filter(|v| !a.contains(v)).cloned());
            Kind::Enum(all.into())
        }
        (Kind::Id(Some(a)), Kind::Id(Some(b))) if same_record(a, b) => {
            // the system's own name says more than a link, which may mean several record types there
            let own = if a.starts_with(LINKED) { b } else { a };
            Kind::Id(Some(own.clone()))
        }
        (Kind::Id(_), Kind::Id(_)) => return None,
        (Kind::Text | Kind::Any, other) | (other, Kind::Text | Kind::Any) if other.is_textual() => Kind::Text,
        (Kind::List(a), Kind::List(b)) => Kind::List(Box::new(join(a, b, same_record)?)),
        (Kind::Dictionary(a), Kind::Dictionary(b)) => Kind::Dictionary(Box::new(join(a, b, same_record)?)),
        _ => return None,
    };
    Some(Type { kind, nullable })
}
