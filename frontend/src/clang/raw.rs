//! The thin wrapper over libclang's C interface: the only unsafe code of the frontend.
//!
//! [`Tree`] owns an index and a translation unit; cursors and types borrow it, so they never
//! outlive what they point into. All of it needs [`super::library::load`] in the same thread.

use std::ffi::{CStr, CString, c_void};
use std::marker::PhantomData;
use std::ptr;

use clang_sys::{
    CX_StorageClass, CXChildVisit_Continue, CXChildVisitResult, CXClientData, CXCursor,
    CXCursorKind, CXDiagnosticSeverity, CXError_Success, CXIndex, CXLinkageKind, CXSourceLocation,
    CXString, CXTranslationUnit, CXType, CXType_Invalid, CXTypeKind, CXUnsavedFile,
    CXVisit_Continue, CXVisitorResult, clang_Cursor_getArgument, clang_Cursor_getNumArguments,
    clang_Cursor_getOffsetOfField, clang_Cursor_getStorageClass, clang_Cursor_isBitField,
    clang_Cursor_isNull, clang_Type_getAlignOf, clang_Type_getSizeOf, clang_Type_visitFields,
    clang_createIndex, clang_disposeDiagnostic, clang_disposeIndex, clang_disposeString,
    clang_disposeTranslationUnit, clang_getArgType, clang_getArrayElementType, clang_getArraySize,
    clang_getCString, clang_getCanonicalType, clang_getClangVersion, clang_getCursorDefinition,
    clang_getCursorExtent, clang_getCursorLinkage, clang_getCursorLocation,
    clang_getCursorReferenced, clang_getCursorSpelling, clang_getCursorTLSKind,
    clang_getCursorType, clang_getDiagnostic, clang_getDiagnosticLocation,
    clang_getDiagnosticSeverity, clang_getDiagnosticSpelling,
    clang_getEnumConstantDeclUnsignedValue, clang_getEnumConstantDeclValue,
    clang_getEnumDeclIntegerType, clang_getFieldDeclBitWidth, clang_getNumArgTypes,
    clang_getNumDiagnostics, clang_getPointeeType, clang_getRangeEnd, clang_getRangeStart,
    clang_getResultType, clang_getSpellingLocation, clang_getTranslationUnitCursor,
    clang_getTypeDeclaration, clang_getTypeSpelling, clang_getTypedefDeclUnderlyingType,
    clang_isConstQualifiedType, clang_isFunctionTypeVariadic, clang_isRestrictQualifiedType,
    clang_isVolatileQualifiedType, clang_parseTranslationUnit2, clang_visitChildren,
};

/// The name the text has towards libclang; it appears nowhere else.
const FILE: &CStr = c"unit.i";

/// A parsed unit.
pub(super) struct Tree {
    index: CXIndex,
    unit: CXTranslationUnit,
}

/// What libclang had to say.
pub(super) struct Complaint {
    pub(super) severity: CXDiagnosticSeverity,
    pub(super) message: String,
    /// Where, if anywhere in the text.
    pub(super) offset: Option<u32>,
}

impl Tree {
    /// Parses `text`. None if libclang gives no tree at all.
    pub(super) fn parse(text: &str, args: &[String]) -> Option<Self> {
        let args: Vec<CString> = args
            .iter()
            .filter_map(|arg| CString::new(&**arg).ok())
            .collect();
        let args: Vec<_> = args.iter().map(|arg| arg.as_ptr()).collect();
        let mut file = CXUnsavedFile {
            Filename: FILE.as_ptr(),
            Contents: text.as_ptr().cast(),
            Length: text.len() as _,
        };
        // SAFETY: no pointers; 0 means that declarations from headers stay and nothing is printed.
        let index = unsafe { clang_createIndex(0, 0) };
        let mut tree = Self {
            index,
            unit: ptr::null_mut(),
        };
        // SAFETY: all pointers are to live, correctly sized values, which libclang copies.
        let status = unsafe {
            clang_parseTranslationUnit2(
                index,
                FILE.as_ptr(),
                args.as_ptr(),
                args.len() as _,
                &raw mut file,
                1,
                0,
                &raw mut tree.unit,
            )
        };
        (status == CXError_Success && !tree.unit.is_null()).then_some(tree)
    }

    pub(super) fn root(&self) -> Cursor<'_> {
        // SAFETY: the unit is valid as long as `self`.
        Cursor::new(unsafe { clang_getTranslationUnitCursor(self.unit) })
    }

    pub(super) fn complaints(&self) -> Vec<Complaint> {
        // SAFETY: the unit is valid as long as `self`.
        let count = unsafe { clang_getNumDiagnostics(self.unit) };
        let complaint = |number| {
            // SAFETY: the number is below the count; the diagnostic is disposed of once, last.
            unsafe {
                let diagnostic = clang_getDiagnostic(self.unit, number);
                let complaint = Complaint {
                    severity: clang_getDiagnosticSeverity(diagnostic),
                    message: string(clang_getDiagnosticSpelling(diagnostic)),
                    offset: offset(clang_getDiagnosticLocation(diagnostic)),
                };
                clang_disposeDiagnostic(diagnostic);
                complaint
            }
        };
        (0..count).map(complaint).collect()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        // SAFETY: created by us, and nothing borrows `self` any more.
        unsafe {
            if !self.unit.is_null() {
                clang_disposeTranslationUnit(self.unit);
            }
            clang_disposeIndex(self.index);
        }
    }
}

/// A node of the tree.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'t>(CXCursor, PhantomData<&'t Tree>);

impl<'t> Cursor<'t> {
    fn new(cursor: CXCursor) -> Self {
        Self(cursor, PhantomData)
    }

    fn some(cursor: CXCursor) -> Option<Self> {
        // SAFETY: takes any cursor.
        let null = unsafe { clang_Cursor_isNull(cursor) } != 0;
        (!null).then(|| Self::new(cursor))
    }

    pub(super) fn kind(self) -> CXCursorKind {
        self.0.kind
    }

    /// Identifies what a declaration cursor stands for, within its tree.
    pub(super) fn identity(self) -> usize {
        self.0.data[0] as usize
    }

    /// Calls `visit` with each child in order.
    pub(super) fn children(self, visit: &mut dyn FnMut(Cursor<'t>)) {
        extern "C" fn each(
            child: CXCursor,
            _parent: CXCursor,
            data: CXClientData,
        ) -> CXChildVisitResult {
            // SAFETY: `data` is the pointer to the closure below, alive during the visit, and
            // nothing else uses it meanwhile. The lifetime is that of the visited cursor.
            let visit = unsafe { &mut *data.cast::<&mut dyn FnMut(Cursor<'static>)>() };
            visit(Cursor::new(child));
            CXChildVisit_Continue
        }
        let mut visit = visit;
        let data: *mut c_void = (&raw mut visit).cast();
        // SAFETY: `data` outlives the call, and `each` takes exactly this.
        unsafe { clang_visitChildren(self.0, each, data) };
    }

    /// Offsets of the first byte and behind the last one, if they are in the text.
    pub(super) fn extent(self) -> Option<(u32, u32)> {
        // SAFETY: the cursor's tree is alive.
        unsafe {
            let range = clang_getCursorExtent(self.0);
            Some((
                offset(clang_getRangeStart(range))?,
                offset(clang_getRangeEnd(range))?,
            ))
        }
    }

    /// Offset of a declaration's name.
    pub(super) fn location(self) -> Option<u32> {
        // SAFETY: the cursor's tree is alive.
        offset(unsafe { clang_getCursorLocation(self.0) })
    }

    pub(super) fn spelling(self) -> String {
        // SAFETY: the cursor's tree is alive.
        unsafe { string(clang_getCursorSpelling(self.0)) }
    }

    /// Its type, canonical.
    pub(super) fn ty(self) -> Option<Type<'t>> {
        // SAFETY: the cursor's tree is alive.
        Type::some(unsafe { clang_getCanonicalType(clang_getCursorType(self.0)) })
    }

    /// Alignment in bytes of its type as declared: a typedef may ask for more.
    pub(super) fn declared_align(self) -> u64 {
        // SAFETY: the cursor's tree is alive.
        u64::try_from(unsafe { clang_Type_getAlignOf(clang_getCursorType(self.0)) }).unwrap_or(0)
    }

    /// The parameters of a function.
    pub(super) fn parameters(self) -> Vec<Self> {
        // SAFETY: the cursor's tree is alive, and the numbers are below the count.
        unsafe {
            let count = clang_Cursor_getNumArguments(self.0).max(0) as u32;
            (0..count)
                .filter_map(|n| Self::some(clang_Cursor_getArgument(self.0, n)))
                .collect()
        }
    }

    /// What a typedef names, canonical.
    pub(super) fn underlying(self) -> Option<Type<'t>> {
        // SAFETY: the cursor's tree is alive.
        Type::some(unsafe { clang_getCanonicalType(clang_getTypedefDeclUnderlyingType(self.0)) })
    }

    /// The declaration that a reference refers to.
    pub(super) fn referenced(self) -> Option<Self> {
        // SAFETY: the cursor's tree is alive.
        Self::some(unsafe { clang_getCursorReferenced(self.0) })
    }

    /// The definition of what is declared, if the unit has it.
    pub(super) fn definition(self) -> Option<Self> {
        // SAFETY: the cursor's tree is alive.
        Self::some(unsafe { clang_getCursorDefinition(self.0) })
    }

    pub(super) fn linkage(self) -> CXLinkageKind {
        // SAFETY: the cursor's tree is alive.
        unsafe { clang_getCursorLinkage(self.0) }
    }

    pub(super) fn storage(self) -> CX_StorageClass {
        // SAFETY: the cursor's tree is alive.
        unsafe { clang_Cursor_getStorageClass(self.0) }
    }

    pub(super) fn is_thread_local(self) -> bool {
        // SAFETY: the cursor's tree is alive.
        unsafe { clang_getCursorTLSKind(self.0) != clang_sys::CXTLS_None }
    }

    /// The value of an enumerator of an enum whose integer type is `unsigned`, or not.
    pub(super) fn enumerator(self, unsigned: bool) -> i128 {
        // SAFETY: the cursor's tree is alive.
        unsafe {
            if unsigned {
                i128::from(clang_getEnumConstantDeclUnsignedValue(self.0))
            } else {
                i128::from(clang_getEnumConstantDeclValue(self.0))
            }
        }
    }

    /// The integer type of an enum.
    pub(super) fn enum_type(self) -> Option<Type<'t>> {
        // SAFETY: the cursor's tree is alive.
        Type::some(unsafe { clang_getCanonicalType(clang_getEnumDeclIntegerType(self.0)) })
    }

    /// Offset of a field in bits, and its width if it is a bit-field.
    pub(super) fn field(self) -> (u64, Option<u32>) {
        // SAFETY: the cursor's tree is alive.
        unsafe {
            let offset = u64::try_from(clang_Cursor_getOffsetOfField(self.0)).unwrap_or(0);
            let width = (clang_Cursor_isBitField(self.0) != 0)
                .then(|| u32::try_from(clang_getFieldDeclBitWidth(self.0)).unwrap_or(0));
            (offset, width)
        }
    }
}

/// A canonical type.
#[derive(Clone, Copy)]
pub(super) struct Type<'t>(CXType, PhantomData<&'t Tree>);

impl<'t> Type<'t> {
    fn some(ty: CXType) -> Option<Self> {
        (ty.kind != CXType_Invalid).then_some(Self(ty, PhantomData))
    }

    pub(super) fn kind(self) -> CXTypeKind {
        self.0.kind
    }

    /// Equal types are identical, because they are canonical.
    pub(super) fn identity(self) -> usize {
        self.0.data[0] as usize
    }

    pub(super) fn spelling(self) -> String {
        // SAFETY: the type's tree is alive.
        unsafe { string(clang_getTypeSpelling(self.0)) }
    }

    pub(super) fn pointee(self) -> Option<Self> {
        // SAFETY: the type's tree is alive.
        Self::some(unsafe { clang_getPointeeType(self.0) })
    }

    pub(super) fn element(self) -> Option<Self> {
        // SAFETY: the type's tree is alive.
        Self::some(unsafe { clang_getArrayElementType(self.0) })
    }

    pub(super) fn array_len(self) -> Option<u64> {
        // SAFETY: the type's tree is alive.
        u64::try_from(unsafe { clang_getArraySize(self.0) }).ok()
    }

    pub(super) fn result(self) -> Option<Self> {
        // SAFETY: the type's tree is alive.
        Self::some(unsafe { clang_getResultType(self.0) })
    }

    pub(super) fn arguments(self) -> Vec<Self> {
        // SAFETY: the type's tree is alive, and the numbers are below the count.
        unsafe {
            let count = clang_getNumArgTypes(self.0).max(0) as u32;
            (0..count)
                .filter_map(|n| Self::some(clang_getArgType(self.0, n)))
                .collect()
        }
    }

    pub(super) fn is_variadic(self) -> bool {
        // SAFETY: the type's tree is alive.
        unsafe { clang_isFunctionTypeVariadic(self.0) != 0 }
    }

    pub(super) fn is_const(self) -> bool {
        // SAFETY: the type's tree is alive.
        unsafe { clang_isConstQualifiedType(self.0) != 0 }
    }

    /// Its qualifiers in the order clang writes them.
    pub(super) fn qualifiers(self) -> Vec<&'static str> {
        // SAFETY: the type's tree is alive.
        let (volatile, restrict) = unsafe {
            (
                clang_isVolatileQualifiedType(self.0) != 0,
                clang_isRestrictQualifiedType(self.0) != 0,
            )
        };
        let all = [
            (self.is_const(), "const"),
            (volatile, "volatile"),
            (restrict, "restrict"),
        ];
        all.iter()
            .filter(|(has, _)| *has)
            .map(|&(_, word)| word)
            .collect()
    }

    /// The declaration of a struct, union or enum.
    pub(super) fn declaration(self) -> Option<Cursor<'t>> {
        // SAFETY: the type's tree is alive.
        Cursor::some(unsafe { clang_getTypeDeclaration(self.0) })
    }

    /// Size in bytes, 0 when there is none.
    pub(super) fn size(self) -> u64 {
        // SAFETY: the type's tree is alive.
        u64::try_from(unsafe { clang_Type_getSizeOf(self.0) }).unwrap_or(0)
    }

    /// Alignment in bytes, 0 when there is none.
    pub(super) fn align(self) -> u64 {
        // SAFETY: the type's tree is alive.
        u64::try_from(unsafe { clang_Type_getAlignOf(self.0) }).unwrap_or(0)
    }

    /// The fields of a record, unnamed ones included.
    pub(super) fn fields(self) -> Vec<Cursor<'t>> {
        extern "C" fn each(field: CXCursor, data: CXClientData) -> CXVisitorResult {
            // SAFETY: `data` points to the vector below, which nothing else uses meanwhile.
            unsafe { &mut *data.cast::<Vec<CXCursor>>() }.push(field);
            CXVisit_Continue
        }
        let mut found: Vec<CXCursor> = Vec::new();
        // SAFETY: `found` outlives the call, and `each` takes exactly this.
        unsafe { clang_Type_visitFields(self.0, each, (&raw mut found).cast()) };
        found.into_iter().map(Cursor::new).collect()
    }
}

/// What libclang calls itself.
pub(super) fn version() -> String {
    // SAFETY: no arguments; the string is disposed of by `string`.
    unsafe { string(clang_getClangVersion()) }
}

/// Byte offset of a location in the text.
fn offset(location: CXSourceLocation) -> Option<u32> {
    let (mut file, mut offset) = (ptr::null_mut(), 0);
    // SAFETY: the outputs are live or null, and null ones are skipped.
    unsafe {
        clang_getSpellingLocation(
            location,
            &raw mut file,
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut offset,
        );
    }
    (!file.is_null()).then_some(offset)
}

/// # Safety
/// `string` is a string just returned by libclang, disposed of nowhere else.
unsafe fn string(string: CXString) -> String {
    // SAFETY: by contract; the bytes are copied before they go.
    unsafe {
        let bytes = clang_getCString(string);
        let copy = match bytes.is_null() {
            true => String::new(),
            false => CStr::from_ptr(bytes).to_string_lossy().into_owned(),
        };
        clang_disposeString(string);
        copy
    }
}
