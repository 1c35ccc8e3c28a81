//! Diagnostics as text with the user's lines, in the manner of rustc.

use std::ops::Range;

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet,
};

use super::{Diagnostic, Label, Severity};

/// Renders a diagnostic, with colours or plain. `read` gives a user's file by the name that its
/// linemarker has; where it gives none, the text of each place stands for its line.
pub fn render(
    diagnostic: &Diagnostic,
    read: &dyn Fn(&str) -> Option<String>,
    colour: bool,
) -> String {
    let level = match diagnostic.severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let title = level
        .primary_title(&*diagnostic.message)
        .id(&*diagnostic.code);
    let places = places(&diagnostic.labels, read);
    let lined = places.iter().any(|it| matches!(it, Element::Cause(_)));
    let mut groups = vec![title.elements(places)];
    if let Some(help) = &diagnostic.help {
        if diagnostic.labels.is_empty() {
            groups.push(Group::with_title(Level::HELP.secondary_title(&**help)));
        } else {
            let group = groups.remove(0);
            groups.push(group.element(Level::HELP.message(&**help)));
        }
    }
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // One at a time: between two groups it draws a bar, which nothing here is beside.
    let rendered = groups.chunks(1).map(|group| renderer.render(group));
    let rendered = rendered.collect::<Vec<_>>().join("\n");
    // Without line numbers it leaves no margin for arrows.
    match lined || diagnostic.labels.is_empty() {
        true => rendered,
        false => rendered.replace('\n', "\n "),
    }
}

/// One snippet a file, in order of first mention; the first label of all is the primary one.
fn places<'a>(labels: &'a [Label], read: &dyn Fn(&str) -> Option<String>) -> Vec<Element<'a>> {
    let mut elements = Vec::new();
    let mut files: Vec<&str> = Vec::new();
    for label in labels {
        if !files.contains(&&*label.loc.file) {
            files.push(&label.loc.file);
        }
    }
    for (index, file) in files.into_iter().enumerate() {
        let here = || labels.iter().filter(move |label| label.loc.file == file);
        let source = read(file);
        let spans: Option<Vec<_>> = source
            .as_deref()
            .and_then(|source| here().map(|label| underlined(source, label)).collect());
        let (Some(source), Some(spans)) = (source, spans) else {
            for label in here() {
                elements.push(as_read(file, label));
            }
            continue;
        };
        let annotations = here()
            .zip(spans)
            .enumerate()
            .map(|(number, (label, span))| {
                let kind = match (index, number) {
                    (0, 0) => AnnotationKind::Primary,
                    _ => AnnotationKind::Context,
                };
                annotation(kind.span(span), &label.message)
            });
        let snippet = Snippet::source(source).path(file).annotations(annotations);
        elements.push(snippet.into());
    }
    elements
}

/// A place whose file cannot be read, by the text that the compiler read there.
fn as_read<'a>(file: &'a str, label: &'a Label) -> Element<'a> {
    if label.text.is_empty() {
        return Origin::path(file).line(label.loc.line as usize).into();
    }
    let indent = label.loc.column.saturating_sub(1) as usize;
    let line = " ".repeat(indent) + &label.text;
    let whole = AnnotationKind::Primary.span(indent..line.len());
    Snippet::source(line)
        .path(file)
        .line_start(label.loc.line as usize)
        .annotation(annotation(whole, &label.message))
        .into()
}

fn annotation<'a>(annotation: Annotation<'a>, message: &'a str) -> Annotation<'a> {
    match message {
        "" => annotation,
        message => annotation.label(message),
    }
}

/// What to underline in the file: the label's text if its line has it, else the whole line. The
/// line in the file is as the user wrote it, before the preprocessor.
fn underlined(source: &str, label: &Label) -> Option<Range<usize>> {
    let line = source
        .split_inclusive('\n')
        .nth(label.loc.line.checked_sub(1)? as usize)?;
    let start = line.as_ptr() as usize - source.as_ptr() as usize;
    // Nearest to the column, which is exact where no macro stands before it on the line.
    let column = label.loc.column.saturating_sub(1) as usize;
    let nearest = match &*label.text {
        "" => None,
        text => line
            .match_indices(text)
            .min_by_key(|(at, _)| at.abs_diff(column)),
    };
    Some(match nearest {
        Some((at, text)) => start + at..start + at + text.len(),
        None => {
            let indent = line.len() - line.trim_start().len();
            start + indent.min(line.trim_end().len())..start + line.trim_end().len()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Loc;

    fn at(line: u32, column: u32) -> Loc {
        Loc {
            file: "main.c".to_owned(),
            line,
            column,
        }
    }

    fn example() -> Diagnostic {
        Diagnostic::new(Severity::Warning, "parsers-disagree", "this is left alone")
            .at(&at(2, 21), "f(x)", "here")
            .at(&at(1, 1), "int f", "declared here")
            .help("write it plainly")
    }

    #[test]
    fn underlines_the_text_nearest_to_the_column() {
        let read = |_: &str| Some("int f(int);\nint g(int x) { f(x); return f(x); }\n".to_owned());
        insta::assert_snapshot!(render(&example(), &read, false));
    }

    #[test]
    fn a_file_that_is_gone_leaves_the_place() {
        insta::assert_snapshot!(render(&example(), &|_| None, false));
    }

    #[test]
    fn a_place_without_text_is_an_arrow() {
        let plain = Diagnostic::new(Severity::Error, "grown", "this cannot grow");
        let plain = plain.at(&at(26, 3), "", "").help("leave it");
        insta::assert_snapshot!(render(&plain, &|_| None, false));
    }

    #[test]
    fn without_places_there_are_no_bars() {
        let plain = Diagnostic::new(Severity::Error, "static-link", "no patches can be loaded");
        let shown = render(&plain.help("leave out `-static`"), &|_| None, false);
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn a_text_behind_a_macro_underlines_the_line() {
        let read = |_: &str| Some("int f(int);\n  int g(int x) { CALL; }\n".to_owned());
        insta::assert_snapshot!(render(&example(), &read, false));
    }

    #[test]
    fn colours_only_when_asked_for() {
        assert!(!render(&example(), &|_| None, false).contains('\x1b'));
        assert!(render(&example(), &|_| None, true).contains('\x1b'));
    }
}
