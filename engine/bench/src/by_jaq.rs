//! The same rules for jq, run by jaq: its numbers are binary floats once it calculates.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::{Val, read};

type Filter = jaq_core::compile::Filter<jaq_core::Native<data::JustLut<Val>>>;

/// A compiled program.
pub struct Jaq(Filter);

impl Jaq {
    /// Compiles a program.
    ///
    /// # Errors
    /// It is no jq.
    pub fn new(code: &str) -> Result<Jaq, String> {
        let loader = Loader::new(jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs()));
        let arena = Arena::default();
        let modules = loader.load(&arena, File { code, path: () }).map_err(|e| format!("{e:?}"))?;
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        Compiler::default().with_funs(functions).compile(modules).map(Jaq).map_err(|e| format!("{e:?}"))
    }

    /// All lines mapped, one target per line.
    pub fn all(&self, lines: &[String]) -> String {
        let mut out = Vec::with_capacity(lines.len() * 1024);
        for line in lines {
            let Ok(input) = read::parse_single(line.as_bytes()) else { continue };
            let context = Ctx::<data::JustLut<Val>>::new(&self.0.lut, Vars::new([]));
            for target in self.0.id.run((context, input)).map(unwrap_valr) {
                match target {
                    Ok(target) => out.extend(target.to_string().into_bytes()),
                    Err(error) => out.extend(format!("\"{error}\"").into_bytes()),
                }
                out.push(b'\n');
            }
        }
        String::from_utf8(out).unwrap_or_default()
    }
}
