//! Calls: functions by their signatures, and `lookup`, `link`, `linked`.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::functions::{self, Function, FunctionId, NullRule, TypePattern};
use crate::plan::{Step, StepId};
use crate::source::Span;
use crate::syntax::tree::{Expr, Name};
use crate::value::Value;

use super::checker::Checker;
use super::scope::Checked;
use super::types::{Kind, Type, join};

/// The variable that stands for integer or decimal: of integers an integer comes out.
const NUMBER: char = 'N';
/// Functions that make no decimals out of whole numbers.
const KEEP_WHOLE: &[&str] = &["abs", "sum", "min", "max"];

/// Types that a signature's variables stand for.
type Bound = Vec<(char, Type)>;

impl Checker<'_> {
    pub fn call(&mut self, name: &Name, arguments: &[Expr], each: bool, span: Span) -> Option<Checked> {
        match name.text.as_str() {
            "lookup" => return self.lookup(name, arguments, each, span),
            "link" => return self.link(name, arguments, each, span),
            "linked" => return self.linked(name, arguments, span),
            "find" => return self.find(name, arguments, each, span),
            "record" => return self.record_by_id(name, arguments, each, span),
            "each" => {
                return self.error(
                    "E0201",
                    name.span,
                    "`each` stands before one function",
                    "one after the other: `| each trim | each upper`",
                );
            }
            _ => {}
        }
        let Some((id, function)) = functions::by_name(&name.text) else {
            let known = functions::all().iter().map(|f| f.name).chain(functions::SPECIAL.iter().map(|f| f.name));
            let mut diagnostic = Diagnostic::error("E0308", name.span, format!("there is no function `{}`", name.text));
            diagnostic = match did_you_mean(&name.text, known) {
                Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(name.span, near),
                None => diagnostic.help("`mapwright functions` lists them"),
            };
            for argument in arguments {
                let _ = self.expression(argument);
            }
            return self.refuse(diagnostic);
        };
        self.function(id, function, name, arguments, each, span)
    }

    fn function(
        &mut self,
        id: FunctionId,
        function: &'static Function,
        name: &Name,
        arguments: &[Expr],
        each: bool,
        span: Span,
    ) -> Option<Checked> {
        let parameters = function.parameters;
        let most = if parameters.variadic { usize::MAX } else { parameters.list.len() };
        if arguments.len() < parameters.required || arguments.len() > most {
            let s = if most == 1 { "" } else { "s" };
            let wanted = match (parameters.required, most) {
                (required, usize::MAX) => format!("at least {required}"),
                (required, most) if required == most => required.to_string(),
                (required, most) => format!("{required} to {most}"),
            };
            return self.error(
                "E0411",
                span,
                format!(
                    "`{}` takes {wanted} argument{s}, what is piped in included, and has {}",
                    name.text,
                    arguments.len()
                ),
                format!("its form is `{}`", form(function)),
            );
        }
        let mut bound: Bound = Vec::new();
        let mut steps = Vec::new();
        let mut nullable = false;
        let mut list_nullable = false;
        let mut failed = false;
        let mut kinds: Vec<Kind> = Vec::new();
        for (i, argument) in arguments.iter().enumerate() {
            let Some(checked) = self.plain(argument) else {
                failed = true;
                continue;
            };
            let Some(parameter) = parameters.list.get(i).or(parameters.list.last()) else { continue };
            let mut ty = checked.ty.clone();
            if i == 0 && each {
                let Some(of) = self.list_only(&checked, argument.span) else {
                    failed = true;
                    continue;
                };
                list_nullable = ty.nullable;
                ty = of;
            }
            nullable |= ty.nullable;
            kinds.push(ty.kind.clone());
            let subject = Checked { ty, ..checked };
            match self.argument(&subject, &parameter.accepts, &mut bound, each && i == 0, argument.span) {
                Ok(step) => steps.push(step),
                Err(()) => {
                    failed = true;
                    let message = format!(
                        "`{}` takes {} as `{}`, this is {}",
                        name.text,
                        pattern_words(&parameter.accepts),
                        parameter.name,
                        subject.ty.words()
                    );
                    let help = match (&parameter.accepts, &subject.ty.kind) {
                        (TypePattern::Integer | TypePattern::Decimal, k) if k.is_textual() => {
                            String::from("a text becomes a number with `| number`")
                        }
                        (TypePattern::Integer, Kind::Decimal) => {
                            String::from("a decimal becomes whole with `| round(0)`")
                        }
                        (TypePattern::List(_), _) if i == 0 => String::from("this function wants a list"),
                        (_, Kind::List(_)) if i == 0 => format!("for every element: `| each {}`", name.text),
                        _ => format!("its form is `{}`", form(function)),
                    };
                    self.diagnostics.push(Diagnostic::error("E0403", argument.span, message).help(help));
                }
            }
        }
        if failed {
            return None;
        }
        self.sensible(function, &kinds, &steps, span)?;
        self.note_function(&name.text);
        let result = self.result_type(&function.result, &bound);
        let nullable = match function.nulls {
            NullRule::Propagates => nullable || function.may_be_null,
            NullRule::Sees => function.may_be_null,
        };
        let mut ty = result.nullable(nullable);
        // rounding to no decimals gives whole numbers
        if function.name.starts_with("round")
            && ty.kind == Kind::Decimal
            && steps.get(1).is_none_or(|s| self.is_zero(*s))
        {
            ty.kind = Kind::Integer;
        }
        let whole = |kind: &Kind| match kind {
            Kind::List(of) => matches!(of.kind, Kind::Integer | Kind::Nothing),
            kind => *kind == Kind::Integer,
        };
        if KEEP_WHOLE.contains(&function.name) && kinds.iter().all(whole) {
            ty.kind = Kind::Integer;
        }
        if let Some(constant) = self.folded(function, &steps, each, span)? {
            return Some(Checked::new(constant, ty));
        }
        let step = self.step(Step::Call { function: id, arguments: steps, each }, span);
        let ty = if each { Type::of(Kind::List(Box::new(ty))).nullable(list_nullable) } else { ty };
        Some(Checked::new(step, ty))
    }

    /// Notes a function in the lineage of the rule.
    pub fn note_function(&mut self, name: &str) {
        if !self.lineage.functions.iter().any(|f| f == name) {
            self.lineage.functions.push(name.to_owned());
        }
    }

    /// What a call of constants gives, once and for all; a call that always fails is an error.
    #[allow(clippy::option_option)] // an error; not constant; the constant
    fn folded(&mut self, function: &Function, steps: &[StepId], each: bool, span: Span) -> Option<Option<StepId>> {
        let constants: Option<Vec<Value>> = steps.iter().map(|s| self.constant_at(*s)).collect();
        let Some(constants) = constants.filter(|c| !each && !c.is_empty() && !c.contains(&Value::Null)) else {
            return Some(None);
        };
        match (function.apply)(&constants) {
            Ok(value) => {
                let step = self.constant(value, span);
                Some(Some(step))
            }
            Err(why) => self.always_fails(constants.first(), &why, span),
        }
    }

    fn constant_at(&self, step: StepId) -> Option<Value> {
        match self.builder.plan.steps.get(step.0 as usize) {
            Some(Step::Constant(value)) => Some(value.clone()),
            _ => None,
        }
    }

    fn always_fails<T>(&mut self, subject: Option<&Value>, why: &str, span: Span) -> Option<T> {
        let subject = subject.map(|s| crate::value::shown(s, false)).unwrap_or_default();
        self.error("E0418", span, format!("this fails for every record: {subject} {why}"), "write another constant")
    }

    /// What a signature cannot say: constants that no value fits, a day of an instant without zone.
    fn sensible(&mut self, function: &Function, kinds: &[Kind], steps: &[StepId], span: Span) -> Option<()> {
        let second = steps.get(1).and_then(|s| self.constant_at(*s));
        let sample = match (function.name, kinds.first()) {
            ("date", Some(Kind::Instant)) => {
                if steps.len() < 2 {
                    return self.error(
                        "E0411",
                        span,
                        "an instant has a different day in every zone",
                        "say which: `… | date(\"America/Chicago\")`",
                    );
                }
                crate::value::instant_from_text("2024-01-31T00:00:00Z", &jiff::tz::TimeZone::UTC).map(Value::Instant)
            }
            ("date", Some(kind)) if !kind.is_textual() && !matches!(kind, Kind::Date | Kind::Nothing) => {
                let words = kind.words();
                return self.error(
                    "E0403",
                    span,
                    format!("`date` takes a text or an instant, this is {words}"),
                    "give it a text such as `\"2024-01-31\"`",
                );
            }
            (name, Some(kind)) if name.starts_with("round") && kind.is_number() => {
                Some(Value::Number(rust_decimal::Decimal::ONE))
            }
            _ => None,
        };
        if let (Some(sample), Some(second)) = (sample, second)
            && let Err(why) = (function.apply)(&[sample, second])
        {
            return self.error(
                "E0418",
                span,
                format!("this fails for every record: the value {why}"),
                "write another constant",
            );
        }
        Some(())
    }

    fn is_zero(&self, step: StepId) -> bool {
        matches!(self.builder.plan.steps.get(step.0 as usize), Some(Step::Constant(Value::Number(n))) if n.is_zero())
    }

    /// Fits an argument to a parameter: the step to hand over, converted where it converts by itself.
    fn argument(
        &mut self,
        checked: &Checked,
        pattern: &TypePattern,
        bound: &mut Bound,
        each: bool,
        span: Span,
    ) -> Result<StepId, ()> {
        let kind = &checked.ty.kind;
        match pattern {
            _ if *kind == Kind::Nothing => Ok(checked.step),
            TypePattern::Text => match kind {
                k if k.is_textual() => Ok(checked.step),
                k if k.is_number() && !each => Ok(self.number_to_text(checked.step, span)),
                _ => Err(()),
            },
            TypePattern::Integer => {
                if *kind == Kind::Integer {
                    Ok(checked.step)
                } else {
                    Err(())
                }
            }
            TypePattern::Decimal => {
                if kind.is_number() {
                    Ok(checked.step)
                } else {
                    Err(())
                }
            }
            TypePattern::Boolean => {
                if *kind == Kind::Boolean {
                    Ok(checked.step)
                } else {
                    Err(())
                }
            }
            TypePattern::Instant => {
                if *kind == Kind::Instant {
                    Ok(checked.step)
                } else {
                    Err(())
                }
            }
            TypePattern::Date => {
                if *kind == Kind::Date {
                    Ok(checked.step)
                } else {
                    Err(())
                }
            }
            TypePattern::Variable(NUMBER) if !kind.is_number() => Err(()),
            TypePattern::Variable(variable) => {
                bind(bound, *variable, &checked.ty)?;
                Ok(checked.step)
            }
            TypePattern::List(of) => match kind {
                Kind::List(element) => {
                    let element = Checked { ty: (**element).clone(), ..checked.clone() };
                    // elements are handed over as they are: only types that need no conversion fit
                    let fits = match (of, &element.ty.kind) {
                        (TypePattern::Text, k) => k.is_textual() || *k == Kind::Nothing,
                        _ => self.argument(&element, of, bound, true, span).is_ok(),
                    };
                    if fits { Ok(checked.step) } else { Err(()) }
                }
                _ => Err(()),
            },
            TypePattern::Dictionary(of) => match kind {
                Kind::Dictionary(element) => {
                    let element = Checked { ty: (**element).clone(), ..checked.clone() };
                    self.argument(&element, of, bound, true, span).map(|_| checked.step)
                }
                _ => Err(()),
            },
        }
    }

    fn result_type(&self, pattern: &TypePattern, bound: &Bound) -> Type {
        let kind = match pattern {
            TypePattern::Text => Kind::Text,
            TypePattern::Integer => Kind::Integer,
            TypePattern::Decimal => Kind::Decimal,
            TypePattern::Boolean => Kind::Boolean,
            TypePattern::Instant => Kind::Instant,
            TypePattern::Date => Kind::Date,
            TypePattern::Variable(variable) => {
                return bound.iter().find(|(v, _)| v == variable).map_or(Type::of(Kind::Nothing), |(_, t)| t.clone());
            }
            TypePattern::List(of) => Kind::List(Box::new(self.result_type(of, bound))),
            TypePattern::Dictionary(of) => Kind::Dictionary(Box::new(self.result_type(of, bound))),
        };
        Type::of(kind)
    }
}

fn bind(bound: &mut Bound, variable: char, ty: &Type) -> Result<(), ()> {
    match bound.iter_mut().find(|(v, _)| *v == variable) {
        Some((_, before)) => {
            *before = join(before, ty).ok_or(())?;
            Ok(())
        }
        None => {
            bound.push((variable, ty.clone().nullable(false)));
            Ok(())
        }
    }
}

/// A function's form: `truncate(text, length)`.
pub fn form(function: &Function) -> String {
    let mut parameters: Vec<String> = function
        .parameters
        .list
        .iter()
        .enumerate()
        .map(|(i, p)| if i < function.parameters.required { p.name.to_owned() } else { format!("{}?", p.name) })
        .collect();
    if function.parameters.variadic {
        parameters.push(String::from("…"));
    }
    format!("{}({})", function.name, parameters.join(", "))
}

/// A parameter's type in words.
pub fn pattern_words(pattern: &TypePattern) -> String {
    match pattern {
        TypePattern::Text => String::from("a text"),
        TypePattern::Integer => String::from("a whole number"),
        TypePattern::Decimal | TypePattern::Variable(NUMBER) => String::from("a number"),
        TypePattern::Boolean => String::from("true or false"),
        TypePattern::Instant => String::from("a point in time"),
        TypePattern::Date => String::from("a day"),
        TypePattern::Variable(_) => String::from("any value"),
        TypePattern::List(of) => format!("a list of {}", several(of)),
        TypePattern::Dictionary(of) => format!("a dictionary of {}", several(of)),
    }
}

fn several(pattern: &TypePattern) -> &'static str {
    match pattern {
        TypePattern::Text => "texts",
        TypePattern::Integer => "whole numbers",
        TypePattern::Decimal | TypePattern::Variable(NUMBER) => "numbers",
        TypePattern::Boolean => "true and false",
        TypePattern::Instant => "points in time",
        TypePattern::Date => "days",
        TypePattern::Variable(_) => "any values",
        TypePattern::List(_) => "lists",
        TypePattern::Dictionary(_) => "dictionaries",
    }
}
