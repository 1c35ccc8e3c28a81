//! The product of the frontend: one [`Unit`] of plain values for each translation unit.
//!
//! A `Unit` is what lang-c (which construct stands where) and libclang (what it means) say
//! together, keyed by byte offsets into the original preprocessed text. Nothing here refers to
//! either parser. All spans are half-open, trimmed of trailing blanks and linemarkers, and index
//! [`Unit::text`].

use serde::{Deserialize, Serialize};

use crate::control::Block;
use crate::handles::Handing;
use crate::locals::{Frame, Local};
use crate::objects::{FieldText, Flow, Object};

/// Half-open byte range in [`Unit::text`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// Whether `other` lies wholly inside `self`.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The bytes of `text` that the span covers.
    pub fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// The user's place of something: file as its linemarker spells it, and line and column from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Loc {
    /// Path as in the linemarker.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in the preprocessed line, from 1.
    pub column: u32,
}

/// Index into [`Unit::symbols`].
pub type SymbolId = u32;
/// Index into [`Unit::functions`].
pub type FunctionId = u32;
/// Index into [`Unit::loops`].
pub type LoopId = u32;

/// One translation unit.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Unit {
    /// The source path as typed on the command line.
    pub source: String,
    /// The original preprocessed text (`cc -E`), linemarkers included. Bytes that are not UTF-8
    /// (they only occur in literals) are spelled as octal escapes, see [`crate::preprocess`].
    pub text: String,
    /// Why the unit is opaque: compiled as it came, nothing in it updatable. All lists below are
    /// then empty except `mentions`.
    pub opaque: Option<Reason>,
    /// Every function and every variable with static storage that the unit declares, program and
    /// system ones alike, in order of first declaration. Functions called without a declaration
    /// are here too, with no declarations.
    pub symbols: Vec<Symbol>,
    /// Function definitions outside system headers (and system inline functions are left out), in
    /// order of text.
    pub functions: Vec<Function>,
    /// Uses of symbols and enumerators by name, in order of text; declarations are not uses.
    pub references: Vec<Reference>,
    /// Calls in program functions, in order of text.
    pub calls: Vec<Call>,
    /// Member accesses in program functions, in order of text.
    pub members: Vec<Member>,
    /// Fields that are named outside functions and in initialisers of variables with static storage,
    /// in order of text.
    pub fixed: Vec<Fixed>,
    /// Loops in program functions, in order of text (so a loop comes before those inside it).
    pub loops: Vec<Loop>,
    /// Automatic objects of record type, and uses of records as wholes, in program functions, in
    /// order of text.
    pub objects: Vec<Object>,
    /// Parameters and automatic variables in scope at the heads of loops, by function and in order of
    /// text.
    pub locals: Vec<Local>,
    /// What is alive at the head of each loop, in the order of `loops`.
    pub frames: Vec<Frame>,
    /// Where untyped pointers go, in program code, in order of text.
    pub flows: Vec<Flow>,
    /// Where pointers to functions go, in program code, in order of text.
    pub handings: Vec<Handing>,
    /// Static assertions in program code, whole declarations with their `;`, in order of text.
    pub assertions: Vec<Span>,
    /// Complete struct, union and enum types, system ones included, in order of text.
    pub types: Vec<TypeDef>,
    /// Offsets of the tokens that `__LINE__` expanded to, ascending: a comparison must not look at
    /// their values.
    pub line_tokens: Vec<u32>,
    /// For an opaque unit: every identifier in the text that a token scan finds, sorted; it may
    /// use any symbol of such a name.
    pub mentions: Vec<String>,
}

impl Unit {
    /// The calls that start inside `span`, in order of text.
    pub fn calls_in(&self, span: Span) -> &[Call] {
        starting_in(&self.calls, span, |call| call.span.start)
    }

    /// The member accesses that start inside `span`, in order of text.
    pub fn members_in(&self, span: Span) -> &[Member] {
        starting_in(&self.members, span, |member| member.span.start)
    }

    /// The objects that start inside `span`, in order of text.
    pub fn objects_in(&self, span: Span) -> &[Object] {
        starting_in(&self.objects, span, |object| object.span.start)
    }

    /// The flows that start inside `span`, in order of text.
    pub fn flows_in(&self, span: Span) -> &[Flow] {
        starting_in(&self.flows, span, |flow| flow.span.start)
    }

    /// The uses that start inside `span`, in order of text.
    pub fn references_in(&self, span: Span) -> &[Reference] {
        starting_in(&self.references, span, |reference| reference.span.start)
    }
}

fn starting_in<T>(items: &[T], span: Span, start: impl Fn(&T) -> u32) -> &[T] {
    let first = items.partition_point(|item| start(item) < span.start);
    let end = items.partition_point(|item| start(item) < span.end);
    &items[first..end.max(first)]
}

/// Why something is left alone, where, and how to say it: a code known to `ginsengc explain`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Diagnostic code, kebab-case, e.g. `parser-rejects-unit`.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// The user's place.
    pub loc: Loc,
    /// The place in the text, for a snippet.
    pub span: Span,
}

/// Function or variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SymbolKind {
    /// A function.
    Function,
    /// A variable with static storage duration (or thread storage: see [`Symbol::thread_local`]).
    Variable,
}

/// How a symbol's name is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Linkage {
    /// Visible to other units.
    External,
    /// `static` at file scope.
    Internal,
    /// `static` inside the function.
    Local(FunctionId),
}

/// A function or a variable with static storage, as one unit sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Symbol {
    /// Its C name.
    pub name: String,
    /// Function or variable.
    pub kind: SymbolKind,
    /// How its name is shared.
    pub linkage: Linkage,
    /// Canonical type spelling, typedefs resolved, composite of all declarations where libclang
    /// gives one; anonymous types are spelled without file positions (see [`TypeDef::key`]).
    pub ty: String,
    /// Declared first in a system header: library, not program.
    pub system: bool,
    /// Thread-local storage.
    pub thread_local: bool,
    /// The object's own type (or its array element's) is `const`. False for functions.
    pub constant: bool,
    /// `sizeof`, 0 for functions and incomplete types.
    pub size: u64,
    /// Number of elements if the type is an array of known size.
    pub array_len: Option<u64>,
    /// Names of its attributes over all declarations, without underscores around, sorted
    /// (`noreturn`, `_Noreturn` included, `weak`, `constructor`, `section`, ...); `asm` if it has an
    /// asm label of its own.
    pub attributes: Vec<String>,
    /// Every declarator that declares or defines it, in order of text.
    pub declarations: Vec<Declaration>,
}

/// What one declarator does for its symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeclarationKind {
    /// Function prototype, or `extern` variable without initialiser.
    Declares,
    /// File-scope variable without `extern` and without initialiser.
    Tentative,
    /// Function with body, variable with initialiser, or any static local.
    Defines,
}

/// One declarator of a symbol.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Declaration {
    /// What it does.
    pub kind: DeclarationKind,
    /// The whole external declaration, block declaration or function definition: from the first
    /// specifier to behind `;` or `}`. Shared by all declarators of the same declaration.
    pub span: Span,
    /// The declaration specifiers, attributes among them included.
    pub specifiers: Span,
    /// The declarator without initialiser: `*name[3]`, `f(int x)`. An asm label may be inserted
    /// at its end (attributes, if any, follow there).
    pub declarator: Span,
    /// The identifier within the declarator.
    pub name: Span,
    /// `= ...` : the initialiser without the `=`; the `=` is the last one before it.
    pub initialiser: Option<Span>,
    /// From the `=` to the end of the initialiser.
    pub assigned: Option<Span>,
    /// The `static` or `extern` keyword.
    pub storage: Option<Span>,
    /// `inline` and its spellings, and `_Noreturn` is not among them.
    pub inlines: Vec<Span>,
    /// For a variable: the `[]` whose bound the initialiser (or another declaration) gives, with
    /// its brackets. Outermost dimension only.
    pub open_bracket: Option<Span>,
    /// For a function: the parameter list with its parentheses.
    pub parameters: Option<Span>,
    /// The function has an identifier list and old-style parameter declarations.
    pub old_style: bool,
    /// Position of this declarator in its declaration and how many there are.
    pub position: (u32, u32),
    /// The specifiers or declarator define a struct, union or enum (so their text cannot be
    /// repeated).
    pub defines_type: bool,
    /// Inside a function body (for a parameterless nesting: any block).
    pub in_block: bool,
    /// Inside a system header.
    pub system: bool,
    /// The user's place of the name.
    pub loc: Loc,
}

/// A function definition.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Function {
    /// Its symbol; the definition is the one declaration of kind `Defines`.
    pub symbol: SymbolId,
    /// The whole definition.
    pub span: Span,
    /// From the first specifier to the end of the declarator (before K&R declarations, before
    /// the body). Leading attributes included.
    pub head: Span,
    /// The body with its braces.
    pub body: Span,
    /// Declared `inline` anywhere.
    pub inline: bool,
    /// A C99 inline definition that provides no external symbol (or gnu89 `extern inline`).
    pub inline_only: bool,
    /// Takes `...`.
    pub variadic: bool,
    /// Has a label or computed goto: lexical order says nothing of control flow.
    pub jumps: bool,
    /// Calls a `setjmp`-like function.
    pub setjmp: bool,
    /// What runs after what, in order of text; empty if the body could not be read.
    pub blocks: Vec<Block>,
    /// Why the function is not transformed, if so. Its facts are then not to be trusted.
    pub gate: Option<Reason>,
    /// Keys (see [`TypeDef::key`]) of all struct, union and enum types that any expression or
    /// declaration in it has or points to, sorted.
    pub type_keys: Vec<String>,
    /// A fingerprint of what its tokens mean beyond their spelling: canonical types of all
    /// expressions and declarations in order, values of the enumerators used. Position-blind.
    pub meaning: [u8; 16],
    /// The user's place of the name.
    pub loc: Loc,
}

/// What a name in use refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// Function or variable with static storage.
    Symbol(SymbolId),
    /// An enumerator, by name and value.
    Enumerator(String, i128),
}

/// What is done with the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// The callee of a direct call: `f(x)`, `(f)(x)`, `(*f)(x)`, `(&f)(x)`.
    Callee,
    /// A function used as a value: its address is taken (with or without `&`).
    Address,
    /// A variable read, written or measured, or an enumerator.
    Use,
    /// Only inside `sizeof`, `typeof`, `_Alignof` or another operand that is not evaluated.
    Unevaluated,
}

/// One use of a name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reference {
    /// The identifier.
    pub span: Span,
    /// What it refers to.
    pub target: Target,
    /// What is done with it.
    pub role: Role,
    /// The function it stands in; none for file-scope initialisers and types.
    pub function: Option<FunctionId>,
    /// The variable in whose initialiser it stands, for file-scope variables and static locals.
    pub in_initialiser_of: Option<SymbolId>,
    /// Where a function's address is passed as an argument: the call (index into `calls`).
    pub argument_of: Option<u32>,
    /// The user's place.
    pub loc: Loc,
}

/// Who is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Callee {
    /// A function by name.
    Direct(SymbolId),
    /// Through a pointer: the canonical function type called.
    Indirect(String),
    /// A compiler builtin (`__builtin_*`, `__atomic_*`, ...), by name.
    Builtin(String),
}

/// One call expression.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    /// The whole call expression, from callee to `)`.
    pub span: Span,
    /// Who is called.
    pub callee: Callee,
    /// The function it stands in.
    pub function: FunctionId,
    /// The innermost loop around it.
    pub in_loop: Option<LoopId>,
    /// The user's place.
    pub loc: Loc,
}

/// One member access `a.b` or `a->b`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Member {
    /// The whole access expression.
    pub span: Span,
    /// Key of the struct or union type.
    pub type_key: String,
    /// The member's name.
    pub field: String,
    /// `->` rather than `.`.
    pub arrow: bool,
    /// The expression before the operator.
    pub base: Span,
    /// The base of a `.` has an address (it is not a call, an assignment...).
    pub lvalue: bool,
    /// The access stands in an operand that is not evaluated.
    pub unevaluated: bool,
    /// The function it stands in.
    pub function: FunctionId,
    /// The user's place.
    pub loc: Loc,
}

/// A field that is named where nothing runs: in an initialiser of a variable with static storage, or
/// anywhere outside functions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fixed {
    /// The whole expression.
    pub span: Span,
    /// Key of the struct or union type.
    pub type_key: String,
    /// The member's name.
    pub field: String,
    /// How it is named.
    pub how: FixedHow,
    /// It stands in an operand that is not evaluated.
    pub unevaluated: bool,
    /// The function it stands in.
    pub function: Option<FunctionId>,
    /// The variable whose value depends on it.
    pub initialises: Option<SymbolId>,
    /// The user's place.
    pub loc: Loc,
}

/// How a field is named where nothing runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FixedHow {
    /// `a.b` or `a->b`, with the expression before the operator.
    Member {
        /// `->` rather than `.`.
        arrow: bool,
        /// The expression before the operator.
        base: Span,
    },
    /// `offsetof`.
    Offset,
}

/// The loop statements of C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoopKind {
    /// `while (c) s`
    While,
    /// `do s while (c);`
    Do,
    /// `for (i; c; n) s`
    For,
}

/// One loop statement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Loop {
    /// Which statement.
    pub kind: LoopKind,
    /// The whole statement.
    pub span: Span,
    /// The controlling expression, without the parentheses of the statement; none in `for(;;)`.
    pub condition: Option<Span>,
    /// Where the controlling expression of a `for` without one would stand (behind the first `;`).
    pub condition_at: u32,
    /// The last expression in the head of a `for`.
    pub step: Option<Span>,
    /// The body statement.
    pub body: Span,
    /// The innermost loop around it.
    pub parent: Option<LoopId>,
    /// The function it stands in.
    pub function: FunctionId,
    /// The user's place.
    pub loc: Loc,
}

impl Loop {
    /// Where the text begins that each round starts with: the controlling expression (or its place),
    /// the body of a `do`. A block begins there.
    pub fn head(&self) -> u32 {
        match self.kind {
            LoopKind::Do => self.body.start,
            LoopKind::While | LoopKind::For => self.condition_at,
        }
    }
}

/// The three kinds of tagged type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TypeKind {
    /// `struct`
    Struct,
    /// `union`
    Union,
    /// `enum`
    Enum,
}

/// A complete struct, union or enum type.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TypeDef {
    /// Stable name: `struct tag`; for an untagged type its first typedef name; else the key of
    /// what encloses it and its ordinal there, e.g. `struct outer::#1` or `#3` at file scope
    /// (counted among the untagged program types of the unit).
    pub key: String,
    /// Which kind.
    pub kind: TypeKind,
    /// Fields in order; for an enum none. Anonymous members have an empty name.
    pub fields: Vec<Field>,
    /// Enumerators in order, for an enum.
    pub enumerators: Vec<(String, i128)>,
    /// `sizeof` in bytes.
    pub size: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// The definition: from `struct` to `}`.
    pub span: Span,
    /// From `{` to `}`.
    pub body: Span,
    /// Start of the external declaration, or of the block declaration, that it stands in; of the
    /// function definition if it stands in an expression of a statement.
    pub statement: u32,
    /// The function it stands in.
    pub function: Option<FunctionId>,
    /// Defined in a system header.
    pub system: bool,
    /// The user's place of the tag, or of the keyword.
    pub loc: Loc,
}

/// One member of a struct or union.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Name, empty for an anonymous member.
    pub name: String,
    /// Canonical type spelling (anonymous types by key).
    pub ty: String,
    /// Offset in bits.
    pub offset: u64,
    /// Width in bits of a bit-field.
    pub width: Option<u32>,
    /// `sizeof` its type; 0 for an array of unknown length.
    pub size: u64,
    /// Alignment of its type in bytes.
    pub align: u64,
    /// Key of the struct or union that it holds by value, itself or as elements of an array.
    pub record: Option<String>,
    /// How it is declared; none where the two parsers do not agree, and in system headers.
    pub text: Option<FieldText>,
}
