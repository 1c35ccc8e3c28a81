//! Walks libclang's tree once and keeps what the join asks for.

use std::collections::HashMap;

use clang_sys::{
    CX_SC_Register, CX_SC_Static, CXCursor_CStyleCastExpr, CXCursor_CallExpr,
    CXCursor_CompoundLiteralExpr, CXCursor_DeclRefExpr, CXCursor_DoStmt, CXCursor_EnumConstantDecl,
    CXCursor_EnumDecl, CXCursor_FieldDecl, CXCursor_ForStmt, CXCursor_FunctionDecl,
    CXCursor_InitListExpr, CXCursor_MemberRefExpr, CXCursor_ParmDecl, CXCursor_StructDecl,
    CXCursor_TypeRef, CXCursor_TypedefDecl, CXCursor_UnexposedAttr, CXCursor_UnexposedExpr,
    CXCursor_UnexposedStmt, CXCursor_UnionDecl, CXCursor_VarDecl, CXCursor_WhileStmt, CXCursorKind,
    CXDiagnostic_Error, CXDiagnostic_Fatal, CXLinkage_External, CXLinkage_Internal,
    CXLinkage_UniqueExternal,
};

use super::raw::{Cursor, Tree};
use super::types::{Scope, Table};
use super::{Declared, Job, Meaning, Node, NodeKind, Parameter, Referent, Rejection, flags};
use crate::facts::{Linkage, Span};
use crate::mask::PRELUDE;

const SHIFT: u32 = PRELUDE.len() as u32;

/// Kinds of cursors come in ranges, with room for later ones.
const LAST_EXPR: CXCursorKind = CXCursor_UnexposedStmt - 1;
const LAST_STMT: CXCursorKind = CXCursor_UnexposedStmt + 99;
const LAST_ATTR: CXCursorKind = CXCursor_UnexposedAttr + 99;

/// Parses and walks; the library must be loaded in this thread.
pub(crate) fn read(job: &Job) -> Meaning {
    let text = [PRELUDE, job.text].concat();
    let Some(tree) = Tree::parse(&text, &flags::translate(job.flags)) else {
        return Meaning {
            errors: vec![Rejection {
                message: "no syntax tree".to_owned(),
                offset: 0,
                fatal: true,
            }],
            ..Meaning::default()
        };
    };
    let mut walk = Walk {
        table: Table::new(job.text, SHIFT),
        referents: HashMap::new(),
        enumerators: HashMap::new(),
        meaning: Meaning::default(),
    };
    walk.meaning.errors = errors(&tree, job);
    tree.root().children(&mut |cursor| {
        if let Some(offset) = offset(cursor) {
            let program = !job.places.is_system(offset);
            walk.visit(cursor, &Scope::File { program }, program);
        }
    });
    let mut meaning = walk.meaning;
    let types = walk.table.finish(job.places);
    meaning.types = types.all;
    (meaning.typedefs, meaning.fields) = types.tagged.into_iter().unzip();
    // Stable: among nodes of one extent the outer one stays first.
    meaning.nodes.sort_by_key(|node| node.span);
    meaning
}

/// Errors in system headers speak of gcc's ways, not of the program.
fn errors(tree: &Tree, job: &Job) -> Vec<Rejection> {
    let complaints = tree.complaints().into_iter();
    let rejection = |complaint: super::raw::Complaint| {
        let fatal = complaint.severity >= CXDiagnostic_Fatal;
        let offset = complaint.offset.and_then(|at| at.checked_sub(SHIFT));
        let system = offset.is_some_and(|at| job.places.is_system(at));
        (complaint.severity >= CXDiagnostic_Error && (fatal || !system)).then(|| Rejection {
            message: complaint.message,
            offset: offset.unwrap_or(0),
            fatal: fatal || offset.is_none(),
        })
    };
    complaints.filter_map(rejection).collect()
}

struct Walk<'t, 'j> {
    table: Table<'t, 'j>,
    /// By identity of the declaration.
    referents: HashMap<usize, u32>,
    /// Values of enumerators by identity.
    enumerators: HashMap<usize, i128>,
    meaning: Meaning,
}

impl<'t> Walk<'t, '_> {
    /// Visits a cursor and what is in it; `keep` says whether it belongs to the program.
    #[expect(non_upper_case_globals, reason = "libclang's names")]
    fn visit(&mut self, cursor: Cursor<'t>, scope: &Scope, keep: bool) {
        let kind = cursor.kind();
        let inner = match kind {
            CXCursor_UnexposedAttr..=LAST_ATTR => return,
            CXCursor_StructDecl | CXCursor_UnionDecl | CXCursor_EnumDecl => {
                // A type defined in a declaration is visited there, too.
                let Some(offset) = self.table.tag(cursor, scope) else {
                    return;
                };
                if kind == CXCursor_EnumDecl {
                    self.enumerators(cursor);
                }
                Some(Scope::Tag(offset))
            }
            CXCursor_TypedefDecl => {
                self.table.name(cursor);
                None
            }
            CXCursor_FunctionDecl => {
                self.declare(cursor);
                if !keep {
                    return;
                }
                self.parameters(cursor);
                Some(Scope::Function(cursor.spelling()))
            }
            CXCursor_VarDecl => {
                self.declare(cursor);
                None
            }
            _ => None,
        };
        if keep && let Some(kind) = node_kind(kind) {
            self.node(cursor, kind);
        }
        let scope = inner.as_ref().unwrap_or(scope);
        cursor.children(&mut |child| self.visit(child, scope, keep));
    }

    fn node(&mut self, cursor: Cursor<'t>, kind: NodeKind) {
        let Some((start, end)) = cursor.extent() else {
            return;
        };
        let (Some(start), Some(end)) = (start.checked_sub(SHIFT), end.checked_sub(SHIFT)) else {
            return;
        };
        let typed = !matches!(kind, NodeKind::Statement | NodeKind::Loop);
        let ty = cursor.ty().filter(|_| typed);
        let refers = (kind == NodeKind::Name).then(|| self.refers(cursor));
        self.meaning.nodes.push(Node {
            span: Span { start, end },
            kind,
            ty: ty.map(|ty| self.table.intern(ty)),
            refers: refers.flatten(),
        });
    }

    fn refers(&mut self, name: Cursor<'t>) -> Option<u32> {
        let target = name.referenced()?;
        if let Some(&known) = self.referents.get(&target.identity()) {
            return Some(known);
        }
        let referent = self.referent(target);
        self.meaning.referents.push(referent);
        let id = self.meaning.referents.len() as u32 - 1;
        self.referents.insert(target.identity(), id);
        Some(id)
    }

    #[expect(non_upper_case_globals, reason = "libclang's names")]
    fn referent(&self, target: Cursor<'t>) -> Referent {
        match target.kind() {
            CXCursor_FunctionDecl => Referent::Function(target.spelling()),
            CXCursor_EnumConstantDecl => {
                let value = self.enumerators.get(&target.identity());
                let value = value.copied().unwrap_or_else(|| target.enumerator(false));
                Referent::Enumerator(target.spelling(), value)
            }
            CXCursor_VarDecl => match (linkage(target), target.location()) {
                (Some(Linkage::Local(_)), Some(at)) => Referent::StaticLocal(at - SHIFT),
                (Some(_), _) => Referent::Variable(target.spelling()),
                _ => local(target),
            },
            _ => local(target),
        }
    }

    fn parameters(&mut self, function: Cursor<'t>) {
        let Some(offset) = offset(function) else {
            return;
        };
        let parameters = function.parameters().into_iter().map(|cursor| Parameter {
            offset: self::offset(cursor).unwrap_or(0),
            ty: cursor.ty().map(|ty| self.table.intern(ty)),
        });
        let parameters = parameters.collect();
        self.meaning.parameters.insert(offset, parameters);
    }

    fn declare(&mut self, cursor: Cursor<'t>) {
        let Some(offset) = offset(cursor) else {
            return;
        };
        let declared = Declared {
            is_function: cursor.kind() == CXCursor_FunctionDecl,
            linkage: linkage(cursor),
            thread_local: cursor.is_thread_local(),
            ty: cursor.ty().map(|ty| self.table.intern(ty)),
        };
        self.meaning.declarations.insert(offset, declared);
    }

    fn enumerators(&mut self, tag: Cursor<'t>) {
        for (cursor, value) in super::types::enumerators(tag) {
            self.enumerators.insert(cursor.identity(), value);
        }
    }
}

fn local(target: Cursor) -> Referent {
    Referent::Local {
        at: offset(target).unwrap_or(0),
        register: target.storage() == CX_SC_Register,
    }
}

/// Where a declaration's name stands in the text without the prelude.
fn offset(cursor: Cursor) -> Option<u32> {
    cursor.location()?.checked_sub(SHIFT)
}

#[expect(non_upper_case_globals, reason = "libclang's names")]
fn linkage(cursor: Cursor) -> Option<Linkage> {
    match cursor.linkage() {
        CXLinkage_External | CXLinkage_UniqueExternal => Some(Linkage::External),
        CXLinkage_Internal => Some(Linkage::Internal),
        _ => (cursor.storage() == CX_SC_Static).then_some(Linkage::Local(0)),
    }
}

#[expect(non_upper_case_globals, reason = "libclang's names")]
fn node_kind(kind: CXCursorKind) -> Option<NodeKind> {
    // A pointer that is passed as a transparent union becomes a literal of that.
    let conversions = [
        CXCursor_UnexposedExpr,
        CXCursor_CompoundLiteralExpr,
        CXCursor_InitListExpr,
    ];
    if conversions.contains(&kind) {
        return Some(NodeKind::Conversion);
    }
    Some(match kind {
        CXCursor_CallExpr => NodeKind::Call,
        CXCursor_MemberRefExpr => NodeKind::Member,
        CXCursor_CStyleCastExpr => NodeKind::Cast,
        CXCursor_DeclRefExpr => NodeKind::Name,
        CXCursor_TypeRef => NodeKind::TypeName,
        CXCursor_WhileStmt | CXCursor_DoStmt | CXCursor_ForStmt => NodeKind::Loop,
        CXCursor_UnexposedExpr..=LAST_EXPR => NodeKind::Expression,
        CXCursor_UnexposedStmt..=LAST_STMT => NodeKind::Statement,
        CXCursor_FunctionDecl
        | CXCursor_VarDecl
        | CXCursor_ParmDecl
        | CXCursor_FieldDecl
        | CXCursor_TypedefDecl => NodeKind::Declaration,
        _ => return None,
    })
}
