//! Calls: functions by their signatures, and `lookup`, `link`, `linked`.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::functions::{self, CompatForm, Function, FunctionId, NullRule, Pattern, TypePattern};
use crate::plan::{Step, StepId};
use crate::source::Span;
use crate::syntax::tree::{Expr, Name};
use crate::value::Value;

use super::checker::Checker;
use super::scope::Checked;
use super::types::{Kind, Type, join};

/// The variable that stands for integer or decimal: of integers an integer comes out.
const NUMBER: char = 'N';

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
        if let Some(compat) = functions::compat_by_name(&name.text) {
            self.compat_hint(compat, name);
            if !matches!(compat.form, CompatForm::Function(_)) {
                return self.compat_expression(compat, name, arguments, each, span);
            }
        }
        let Some((id, _)) = functions::by_name(&name.text) else {
            let known = functions::all().iter().map(|f| f.name).chain(functions::SPECIAL.iter().map(|f| f.name));
            let known = known.chain(functions::compat().map(|c| c.name));
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
        self.function(id, name, arguments, each, span)
    }

    fn function(
        &mut self,
        first: FunctionId,
        name: &Name,
        arguments: &[Expr],
        each: bool,
        span: Span,
    ) -> Option<Checked> {
        let forms: Vec<(FunctionId, &'static Function)> = functions::forms_of(first).collect();
        let (_, shown) = forms.iter().find(|(_, f)| f.takes(arguments.len())).or(forms.first()).copied()?;
        if !shown.takes(arguments.len()) {
            return self.wrong_count(&forms, name, arguments.len(), span);
        }
        let mut list_nullable = false;
        let mut checked: Vec<(Checked, Span)> = Vec::new();
        for (i, argument) in arguments.iter().enumerate() {
            let Some(mut subject) = self.plain(argument) else { continue };
            if i == 0 && each {
                let Some(of) = self.list_only(&subject, argument.span) else { continue };
                list_nullable = subject.ty.nullable;
                subject.ty = of;
            }
            checked.push((subject, argument.span));
        }
        if checked.len() < arguments.len() {
            return None;
        }
        // a form is chosen by what is known now: how many arguments there are, and their types
        let fitting = forms.iter().find(|(_, f)| f.takes(arguments.len()) && takes_types(f, &checked));
        let (id, function) = fitting.copied().unwrap_or((first, shown));
        let mut bound: Bound = Vec::new();
        let mut steps = Vec::new();
        let mut failed = false;
        for (i, (subject, place)) in checked.iter().enumerate() {
            let Some(parameter) = function.parameters.list.get(i).or(function.parameters.list.last()) else { continue };
            match self.argument(subject, &parameter.accepts, &mut bound, each && i == 0, *place) {
                Ok(step) => steps.push(step),
                Err(()) => {
                    failed = true;
                    self.wrong_argument((function, &forms), name, i, subject, *place);
                }
            }
        }
        if failed {
            return None;
        }
        let kinds: Vec<Kind> = checked.iter().map(|(c, _)| c.ty.kind.clone()).collect();
        self.sensible(function, &kinds, &steps, span)?;
        self.note_function(&name.text);
        let mut ty = self.result_type(&function.result, &bound).nullable(may_be_null(function, &checked));
        // rounding to no decimals gives whole numbers
        if function.name.starts_with("round")
            && ty.kind == Kind::Decimal
            && steps.get(1).is_none_or(|s| self.is_zero(*s))
        {
            ty.kind = Kind::Integer;
        }
        let pattern = self.pattern_of(function, name, &checked, &steps)?;
        if let Some(constant) = self.folded(function, &steps, each, span)? {
            return Some(Checked::new(constant, ty));
        }
        let step = match pattern {
            None => self.step(Step::Call { function: id, arguments: steps, each }, span),
            Some(pattern) => {
                let pattern = Box::new(pattern);
                self.step(Step::CallWithPattern { function: id, pattern, arguments: steps, each }, span)
            }
        };
        let ty = if each { Type::of(Kind::List(Box::new(ty))).nullable(list_nullable) } else { ty };
        Some(Checked::new(step, ty))
    }

    fn wrong_count<T>(
        &mut self,
        forms: &[(FunctionId, &'static Function)],
        name: &Name,
        count: usize,
        span: Span,
    ) -> Option<T> {
        let parameters = forms.iter().map(|(_, f)| f.parameters);
        let required = parameters.clone().map(|p| p.required).min().unwrap_or(0);
        let most = parameters.map(|p| if p.variadic { usize::MAX } else { p.list.len() }).max().unwrap_or(0);
        let s = if most == 1 || most == usize::MAX && required == 1 { "" } else { "s" };
        let wanted = match (required, most) {
            (_, 0) => String::from("no"),
            (required, usize::MAX) => format!("at least {required}"),
            (required, most) if required == most => required.to_string(),
            (required, most) => format!("{required} to {most}"),
        };
        self.error(
            "E0411",
            span,
            format!("`{}` takes {wanted} argument{s}, what is piped in included, and has {count}", name.text),
            format!("its form is {}", forms_in_words(forms)),
        )
    }

    fn wrong_argument(
        &mut self,
        (function, forms): (&Function, &[(FunctionId, &'static Function)]),
        name: &Name,
        at: usize,
        subject: &Checked,
        place: Span,
    ) {
        let several_forms = forms.len() > 1;
        let Some(parameter) = function.parameters.list.get(at).or(function.parameters.list.last()) else { return };
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
            (TypePattern::Integer, Kind::Decimal) => String::from("a decimal becomes whole with `| round(0)`"),
            (TypePattern::List(_), _) if at == 0 && !several_forms => String::from("this function wants a list"),
            (_, Kind::List(_)) if at == 0 => format!("for every element: `| each {}`", name.text),
            _ => format!("its form is {}", forms_in_words(forms)),
        };
        self.diagnostics.push(Diagnostic::error("E0403", place, message).help(help));
    }

    /// The regular expression of a call, compiled; none if the function has none.
    #[allow(clippy::option_option)] // an error; no pattern; the pattern
    fn pattern_of(
        &mut self,
        function: &Function,
        name: &Name,
        checked: &[(Checked, Span)],
        steps: &[StepId],
    ) -> Option<Option<Pattern>> {
        let Some(body) = function.pattern else { return Some(None) };
        let place = checked.get(1).map_or(name.span, |(_, span)| *span);
        let text = match steps.get(1).and_then(|s| self.constant_at(*s)) {
            Some(Value::Text(text)) => text,
            Some(Value::Null) => "".into(),
            _ => {
                return self.error(
                    "E0411",
                    place,
                    format!("the pattern of `{}` is a text as it stands, so that it can be checked before anything runs", name.text),
                    "write it here, in `'…'` if it has braces; for texts that are searched as they are there is `contains`",
                );
            }
        };
        match (body.compile)(&text) {
            Ok(pattern) => Some(Some(pattern)),
            Err(why) => self.error(
                "E0419",
                place,
                format!("this pattern {why}"),
                "`mapwright functions matches` shows patterns; there is no look-around and there are no back references, so that every text is searched in a time that can be told",
            ),
        }
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
        match (function.name, kinds.first()) {
            ("date", Some(Kind::Instant)) if steps.len() < 2 => {
                return self.error(
                    "E0411",
                    span,
                    "an instant has a different day in every zone",
                    "say which: `… | date(\"America/Chicago\")`",
                );
            }
            ("date", Some(kind))
                if !kind.is_textual() && !matches!(kind, Kind::Instant | Kind::Date | Kind::Nothing) =>
            {
                let words = kind.words();
                return self.error(
                    "E0403",
                    span,
                    format!("`date` takes a text or an instant, this is {words}"),
                    "give it a text such as `\"2024-01-31\"`",
                );
            }
            _ => {}
        }
        let Some(check) = function.constants else { return Some(()) };
        let constants: Vec<Option<Value>> = steps.iter().map(|s| self.constant_at(*s)).collect();
        match check(&constants) {
            Ok(()) => Some(()),
            Err(why) => self.error(
                "E0418",
                span,
                format!("this fails for every record: the value {why}"),
                "write another constant",
            ),
        }
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
                bind(bound, *variable, &checked.ty, each)?;
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
            // taken as it is: which of them it is, the type says
            TypePattern::OneOf(patterns) => {
                let fits = patterns.iter().any(|p| match p {
                    TypePattern::Text => kind.is_textual(),
                    p => takes_kind(p, kind),
                });
                if fits { Ok(checked.step) } else { Err(()) }
            }
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
                // of nothing at all a sum is 0
                let unbound = if *variable == NUMBER { Kind::Integer } else { Kind::Nothing };
                return bound.iter().find(|(v, _)| v == variable).map_or(Type::of(unbound), |(_, t)| t.clone());
            }
            TypePattern::List(of) => Kind::List(Box::new(self.result_type(of, bound))),
            TypePattern::Dictionary(of) => Kind::Dictionary(Box::new(self.result_type(of, bound))),
            TypePattern::OneOf(of) => of.first().map_or(Kind::Nothing, |p| self.result_type(p, bound).kind),
        };
        Type::of(kind)
    }
}

/// `within`: the type of elements, which may be null one by one.
fn bind(bound: &mut Bound, variable: char, ty: &Type, within: bool) -> Result<(), ()> {
    match bound.iter_mut().find(|(v, _)| *v == variable) {
        Some((_, before)) => {
            *before = join(before, ty).ok_or(())?;
            Ok(())
        }
        None => {
            bound.push((variable, ty.clone().nullable(within && ty.nullable)));
            Ok(())
        }
    }
}

/// `max(number, other, …)` or `max(numbers)`
fn forms_in_words(forms: &[(FunctionId, &'static Function)]) -> String {
    forms.iter().map(|(_, f)| format!("`{}`", form(f))).collect::<Vec<_>>().join(" or ")
}

/// Whether a form's parameters take arguments of these types.
fn takes_types(function: &Function, checked: &[(Checked, Span)]) -> bool {
    let list = function.parameters.list;
    checked
        .iter()
        .enumerate()
        .all(|(i, (c, _))| list.get(i).or(list.last()).is_none_or(|p| takes_kind(&p.accepts, &c.ty.kind)))
}

/// Whether a parameter takes a type, conversions that lose nothing included.
fn takes_kind(pattern: &TypePattern, kind: &Kind) -> bool {
    match (pattern, kind) {
        (_, Kind::Nothing) => true,
        (TypePattern::Text, k) => k.is_textual() || k.is_number(),
        (TypePattern::Integer, k) => *k == Kind::Integer,
        (TypePattern::Decimal | TypePattern::Variable(NUMBER), k) => k.is_number(),
        (TypePattern::Boolean, k) => *k == Kind::Boolean,
        (TypePattern::Instant, k) => *k == Kind::Instant,
        (TypePattern::Date, k) => *k == Kind::Date,
        (TypePattern::Variable(_), _) => true,
        (TypePattern::List(of), Kind::List(element)) | (TypePattern::Dictionary(of), Kind::Dictionary(element)) => {
            takes_kind(of, &element.kind)
        }
        (TypePattern::OneOf(patterns), k) => patterns.iter().any(|p| match p {
            TypePattern::Text => k.is_textual(),
            p => takes_kind(p, k),
        }),
        (TypePattern::List(_) | TypePattern::Dictionary(_), _) => false,
    }
}

/// Whether a call's result may be null.
fn may_be_null(function: &Function, checked: &[(Checked, Span)]) -> bool {
    let nullable = |ty: &Type| ty.nullable || ty.kind == Kind::Nothing;
    let arguments = checked.iter().any(|(c, _)| nullable(&c.ty));
    let within = checked.iter().any(|(c, _)| matches!(&c.ty.kind, Kind::List(of) if of.nullable));
    match function.nulls {
        NullRule::Propagates => arguments || function.may_be_null,
        NullRule::Elements => arguments || within || function.may_be_null,
        NullRule::Sees => function.may_be_null,
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
        TypePattern::OneOf(patterns) => one_of(patterns.iter().map(pattern_words)),
    }
}

/// `a text, a number or a day`
fn one_of(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    let last = words.pop().unwrap_or_default();
    if words.is_empty() { last } else { format!("{} or {last}", words.join(", ")) }
}

fn several(pattern: &TypePattern) -> String {
    String::from(match pattern {
        TypePattern::List(of) => return format!("lists of {}", several(of)),
        TypePattern::OneOf(patterns) if patterns.len() > 3 => return String::from("plain values"),
        TypePattern::OneOf(patterns) => return one_of(patterns.iter().map(several)),
        TypePattern::Text => "texts",
        TypePattern::Integer => "whole numbers",
        TypePattern::Decimal | TypePattern::Variable(NUMBER) => "numbers",
        TypePattern::Boolean => "true and false",
        TypePattern::Instant => "points in time",
        TypePattern::Date => "days",
        TypePattern::Variable(_) => "any values",
        TypePattern::Dictionary(_) => "dictionaries",
    })
}
