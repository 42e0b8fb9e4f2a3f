//! Calls: functions by their signatures, and `lookup`, `link`, `linked`.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::functions::{self, CompatForm, Function, FunctionId, Pattern, TypePattern};
use crate::plan::{Step, StepId};
use crate::source::Span;
use crate::syntax::foreign;
use crate::syntax::tree::{Expr, ExprKind, Name, TextPart};
use crate::value::Value;

use super::checker::Checker;
use super::facts::key_of;
use super::scope::Checked;
use super::signature::{
    Bound, NUMBER, forms_in_words, may_be_null, pattern_words, result_type, takes_kind, takes_types,
};
use super::types::{Kind, Type};

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
            diagnostic = match (foreign::of_call(&name.text, arguments, span), did_you_mean(&name.text, known)) {
                (Some(counterpart), _) => counterpart.explain(diagnostic),
                (None, Some(near)) => diagnostic.note(format!("did you mean `{near}`?")).edit(name.span, near),
                (None, None) => diagnostic.help("`mapwright functions` lists them"),
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
        self.date_pattern(function, arguments)?;
        let places: Vec<Span> = checked.iter().map(|(_, place)| *place).collect();
        self.sensible(function, &kinds, (&steps, &places), span)?;
        self.note_function(&name.text);
        let mut ty = result_type(&function.result, &bound).nullable(may_be_null(function, &checked));
        let not_empty = arguments.first().and_then(key_of).is_some_and(|key| self.is_filled(&key))
            || checked.first().is_some_and(|(c, _)| self.constant_of(c).is_some_and(|v| !crate::value::is_empty(&v)));
        if function.null_of_empty && not_empty && !each {
            let rest = Function { may_be_null: false, ..*function };
            ty.nullable = may_be_null(&rest, &checked);
        }
        // an empty text is null, a number never is
        if let ("number" | "integer", [(subject, _)]) = (function.name, checked.as_slice())
            && subject.ty.kind.is_number()
        {
            ty.nullable = subject.ty.nullable;
        }
        // rounding to no decimals gives whole numbers
        if function.name.starts_with("round")
            && ty.kind == Kind::Decimal
            && steps.get(1).is_none_or(|s| self.is_zero(*s))
        {
            ty.kind = Kind::Integer;
        }
        let pattern = self.pattern_of(function, name, &checked, &steps)?;
        let ty = super::constants::narrowed(ty, self.of_few_values(function, &checked, &steps));
        let digits = self.digits_of_call(function.name, &checked);
        let step = match pattern {
            None => self.step(Step::Call { function: id, arguments: steps, each }, span),
            Some(pattern) => {
                let pattern = Box::new(pattern);
                self.step(Step::CallWithPattern { function: id, pattern, arguments: steps, each }, span)
            }
        };
        let ty = if each { Type::of(Kind::List(Box::new(ty))).nullable(list_nullable) } else { ty };
        Some(Checked { digits, ..Checked::new(step, ty) })
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
        let text = match steps.get(1).and_then(|s| self.literal_at(*s)) {
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

    /// `yyyy-MM-dd` where this language writes `%Y-%m-%d`.
    fn date_pattern(&mut self, function: &Function, arguments: &[Expr]) -> Option<()> {
        let at =
            function.parameters.list.iter().position(|p| p.name == "pattern").filter(|_| function.pattern.is_none());
        let Some(argument) = at.and_then(|at| arguments.get(at)) else { return Some(()) };
        let ExprKind::Text(parts) = &argument.kind else { return Some(()) };
        let [TextPart::Text(text)] = parts.as_slice() else { return Some(()) };
        let Some(here) = foreign::strftime(text) else { return Some(()) };
        let error = Diagnostic::error("E0418", argument.span, format!("`{text}` is a pattern of C#, Excel or Java"))
            .help(format!("here it is `\"{here}\"`; `mapwright functions {}` lists the signs", function.name))
            .fix(argument.span, format!("\"{here}\""));
        self.refuse(error)
    }

    /// Notes a function in the lineage of the rule.
    pub fn note_function(&mut self, name: &str) {
        if !self.lineage.functions.iter().any(|f| f == name) {
            self.lineage.functions.push(name.to_owned());
        }
    }

    /// What a signature cannot say: constants that no value fits, a day of an instant without zone.
    fn sensible(
        &mut self,
        function: &Function,
        kinds: &[Kind],
        (steps, places): (&[StepId], &[Span]),
        span: Span,
    ) -> Option<()> {
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
        for ((step, place), parameter) in steps.iter().zip(places).zip(function.parameters.list) {
            let Some(Value::Number(number)) = self.constant_at(*step) else { continue };
            if let Some(why) = parameter.out_of_range(number) {
                return self.error(
                    "E0418",
                    *place,
                    format!("this fails for every record: {why}"),
                    "write another constant",
                );
            }
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
                self.bind(bound, *variable, &checked.ty, each)?;
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
}
