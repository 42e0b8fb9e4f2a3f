//! The README's tutorial, run line by line in an empty directory: every command, its exit code, and what it prints. In the expected
//! text `[..]` stands for anything within a line, a line `...` for any lines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::path::Path;
use std::process::Command;

struct Step {
    command: String,
    code: i32,
    expected: Vec<String>,
}

fn steps(readme: &str) -> Vec<Step> {
    let tutorial = readme.split("## Tutorial").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut steps: Vec<Step> = Vec::new();
    for block in tutorial.split("```console\n").skip(1) {
        let block = block.split("\n```").next().unwrap();
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                steps.push(Step { command: command.to_owned(), code: 0, expected: vec![] });
            } else if let Some(more) = line.strip_prefix("> ") {
                let step = steps.last_mut().unwrap();
                step.command.push('\n');
                step.command.push_str(more);
            } else if let Some(code) = line.strip_prefix("? ") {
                steps.last_mut().unwrap().code = code.trim().parse().unwrap();
            } else {
                steps.last_mut().unwrap().expected.push(line.to_owned());
            }
        }
    }
    steps
}

fn line_matches(expected: &str, line: &str) -> bool {
    let parts: Vec<&str> = expected.trim_end().split("[..]").collect();
    let line = line.trim_end();
    let [first, rest @ ..] = parts.as_slice() else { return false };
    let Some(mut left) = line.strip_prefix(first) else { return false };
    if rest.is_empty() {
        return left.is_empty();
    }
    for (i, part) in rest.iter().enumerate() {
        if i + 1 == rest.len() {
            return left.ends_with(part);
        }
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    true
}

fn matches(expected: &[String], lines: &[&str]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first == "..." => (0..=lines.len()).any(|skip| matches(rest, &lines[skip..])),
        Some((first, rest)) => {
            lines.split_first().is_some_and(|(line, left)| line_matches(first, line) && matches(rest, left))
        }
    }
}

#[test]
fn the_tutorial_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let steps = steps(&std::fs::read_to_string(root.join("README.md")).unwrap());
    assert!(steps.len() > 5, "the tutorial has no steps");
    let directory = tempfile::tempdir().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_mapwright")).parent().unwrap();
    let mut path = binary.as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());

    // one shell for all steps, so that `cd` and background processes last; a marker line ends each step
    let mut script = String::from("exec 2>&1\ntrap 'kill $(jobs -p) 2>/dev/null' EXIT\n");
    for step in &steps {
        script.push_str(&format!("{}\necho \"--end $?\"\n", step.command));
    }
    let output = Command::new("bash")
        .arg("-c")
        .arg(&script)
        .current_dir(directory.path())
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut sections = text.split_inclusive('\n').fold(vec![String::new()], |mut all, line| {
        all.last_mut().unwrap().push_str(line);
        if line.starts_with("--end ") {
            all.push(String::new());
        }
        all
    });
    sections.pop();
    assert_eq!(sections.len(), steps.len(), "{text}");
    for (step, section) in steps.iter().zip(sections) {
        let lines: Vec<&str> = section.lines().collect();
        let (end, lines) = lines.split_last().unwrap();
        let code: i32 = end.trim_start_matches("--end ").parse().unwrap();
        assert_eq!(code, step.code, "$ {}\n{section}", step.command);
        assert!(
            matches(&step.expected, lines),
            "$ {}\nexpected:\n{}\n\nfound:\n{}",
            step.command,
            step.expected.join("\n"),
            lines.join("\n")
        );
    }
}
