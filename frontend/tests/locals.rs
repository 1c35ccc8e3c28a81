//! What is alive at the heads of loops.

use ginseng_frontend::facts::Unit;
use ginseng_frontend::parse_unit;

fn unit(text: &str) -> Unit {
    let unit = parse_unit("main.c", text.to_owned(), Vec::new(), &[]).expect("libclang");
    assert_eq!(unit.opaque, None);
    assert!(unit.functions.iter().all(|f| f.gate.is_none()));
    unit
}

/// One line for each loop: its line, its obstacle or its variables. `!` marks those that keep their
/// place, and the number is that of their uses.
fn frames(text: &str) -> Vec<String> {
    let unit = unit(text);
    let describe = |frame: &ginseng_frontend::locals::Frame| match &frame.obstacle {
        Some(obstacle) => obstacle.clone(),
        None => {
            let locals = frame.locals.iter().map(|id| {
                let local = &unit.locals[*id as usize];
                let mark = if local.fixed { "!" } else { "" };
                format!("{mark}{}:{}", local.name, local.uses.len())
            });
            locals.collect::<Vec<_>>().join(" ")
        }
    };
    unit.frames.iter().map(describe).collect()
}

#[test]
fn what_is_in_scope_at_the_head() {
    let text = "
struct s { int a; };
int get(int *);
int f(int a, char *text, ...);
int run(int fd, struct s *s) {
  int n = 0, later_addressed = 0;
  char buffer[10] = \"x\";
  const int limit = 3;
  { int gone = 1; n += gone; }
  for (int i = 0, j = 1; i < limit; i++) { int inside = buffer[i]; n += inside + j; }
  while (n < fd) { n++; do { get(&later_addressed); } while (s->a); }
  return n + s->a;
}
int old(a, b) int a; char b; { while (a) a -= b; return a; }
int hidden(int a, int b) { while (b) b--; { static int b; char a; while (a) a -= b; } return a; }
";
    assert_eq!(
        frames(text),
        [
            "fd:1 s:2 n:5 !later_addressed:1 !buffer:1 !limit:1 i:3 j:1",
            "fd:1 s:2 n:5 !later_addressed:1 !buffer:1 !limit:1",
            "fd:1 s:2 n:5 !later_addressed:1 !buffer:1 !limit:1",
            "a:3 b:1",
            "!a:1 !b:2",
            "!a:1 !b:2 a:2",
        ]
    );
}

#[test]
fn what_cannot_be_entered() {
    let text = "
typedef long jmp_buf[8]; int setjmp(jmp_buf);
void take(int *);
int many(int a, ...) { while (a) a--; return a; }
int jumping(int a) { jmp_buf b; setjmp(b); while (a) a--; return a; }
int enclosed(int a) { return ({ while (a) a--; a; }); }
int variable(int a) { int v[a]; v[0] = 1; while (a) a -= v[0]; return a; }
int held(register int a) { { int a = 3; while (a) a--; } return a; }
int head(void) { for (int i = 0;;) { int i = 3; while (i) i--; } }
int itself(void) { int itself = 3; while (itself) itself--; return 0; }
int named(void) { enum { named = 1 }; while (held(1)) ; return 0; }
int computed(int a) { void *to = &&end; while (a) a--; goto *to; end: return a; }
int cleaned(int a) { int c __attribute__((cleanup(take))) = 1; while (a) a -= c; return a; }
";
    assert_eq!(
        frames(text),
        [
            "`many` takes a variable number of arguments",
            "`jumping` calls `setjmp` or the like",
            "it stands in a statement expression",
            "`v` has a length that is only known at run time",
            "`a` is a `register`, and hidden by another `a`",
            "`i` is declared in the head of a loop, and hidden by another `i`",
            "`i` is declared in the head of a loop, and hidden by another `i`",
            "`itself` means something else than the function there",
            "`named` means something else than the function there",
            "`computed` has a computed `goto`",
            "`cleaned` has variables with the `cleanup` attribute",
        ]
    );
}
