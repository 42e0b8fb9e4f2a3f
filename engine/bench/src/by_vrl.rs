//! The same rules in VRL: its numbers are 64-bit integers and binary floats.

use vrl::compiler::runtime::Runtime;
use vrl::compiler::{Program, TargetValue, TimeZone, compile};
use vrl::value::{Secrets, Value};

/// A compiled program.
pub struct Vrl(Program);

impl Vrl {
    /// Compiles a program.
    ///
    /// # Errors
    /// What its compiler says.
    pub fn new(code: &str) -> Result<Vrl, String> {
        match compile(code, &vrl::stdlib::all()) {
            Ok(compiled) => Ok(Vrl(compiled.program)),
            Err(diagnostics) => Err(vrl::diagnostic::Formatter::new(code, diagnostics).to_string()),
        }
    }

    /// All lines mapped, one target per line; null is none.
    pub fn all(&self, lines: &[String]) -> String {
        let mut out = String::with_capacity(lines.len() * 1024);
        let mut runtime = Runtime::default();
        for line in lines {
            let Ok(value) = serde_json::from_str::<Value>(line) else { continue };
            let mut target =
                TargetValue { value, metadata: Value::Object(Default::default()), secrets: Secrets::default() };
            runtime.clear();
            match runtime.resolve(&mut target, &self.0, &TimeZone::default()) {
                Ok(_) if target.value.is_null() => continue,
                Ok(_) => out.push_str(&serde_json::to_string(&target.value).unwrap_or_default()),
                Err(error) => out.push_str(&format!("\"{error}\"")),
            }
            out.push('\n');
        }
        out
    }
}
