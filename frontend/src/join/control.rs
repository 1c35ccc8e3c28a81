//! Builds the control flow of a function from lang-c's tree, see [`crate::control`].

use std::collections::BTreeMap;

use lang_c::ast::{
    BlockItem, Expression, ForInitializer, FunctionDefinition, Label, LabeledStatement, Statement,
};
use lang_c::span::{Node, Span as Range};
use lang_c::visit::{self, Visit};

use super::Join;
use crate::control::{self, Block, BlockId};
use crate::facts::{FunctionId, Span};

impl Join<'_> {
    /// The blocks of a function whose body has been walked.
    pub(super) fn control_flow(&mut self, id: FunctionId, definition: &FunctionDefinition) {
        let body = self.unit.functions[id as usize].body;
        let gotos = &self.input.masked.gotos;
        let first = gotos.partition_point(|&at| at < body.start);
        let computed = gotos.get(first).is_some_and(|&at| at < body.end);
        let mut builder = Builder {
            join: self,
            blocks: Vec::new(),
            open: Vec::new(),
            breaks: Vec::new(),
            continues: Vec::new(),
            selectors: Vec::new(),
            returns: Vec::new(),
            labels: BTreeMap::new(),
            gotos: Vec::new(),
            computed,
        };
        builder.block(at(body.start));
        builder.statement(&definition.statement);
        let blocks = builder.finish(body);
        let twice = std::mem::take(&mut self.defined.twice);
        let function = &mut self.unit.functions[id as usize];
        function.jumps |= computed;
        function.blocks = blocks;
        for position in twice {
            lead_all(&mut function.blocks, position);
        }
    }
}

/// Lets every block lead to the one at `position`.
pub(super) fn lead_all(blocks: &mut [Block], position: u32) {
    if let Some(target) = control::block_at(blocks, position) {
        for block in blocks {
            if let Err(index) = block.next.binary_search(&target) {
                block.next.insert(index, target);
            }
        }
    }
}

/// A place without text.
fn at(position: u32) -> Span {
    Span {
        start: position,
        end: position,
    }
}

struct Builder<'a, 'i> {
    join: &'a Join<'i>,
    blocks: Vec<Block>,
    /// Blocks behind which the next one runs.
    open: Vec<BlockId>,
    /// Blocks that leave each loop or `switch` around, the innermost last.
    breaks: Vec<Vec<BlockId>>,
    /// Blocks that go on with each loop around.
    continues: Vec<Vec<BlockId>>,
    /// For each `switch` around: the block that chooses, and whether a `default` has been seen.
    selectors: Vec<(BlockId, bool)>,
    returns: Vec<BlockId>,
    /// More than one block where `__label__` gives a name several meanings.
    labels: BTreeMap<String, Vec<BlockId>>,
    gotos: Vec<(BlockId, String)>,
    /// A jump to a label that cannot be told stands somewhere.
    computed: bool,
}

impl Builder<'_, '_> {
    fn edge(&mut self, from: BlockId, to: BlockId) {
        self.blocks[from as usize].next.push(to);
    }

    /// A block that runs behind those that are open.
    fn block(&mut self, span: Span) -> BlockId {
        let id = self.blocks.len() as BlockId;
        self.blocks.push(Block {
            span,
            next: Vec::new(),
        });
        for from in std::mem::replace(&mut self.open, vec![id]) {
            self.edge(from, id);
        }
        id
    }

    fn expression(&mut self, expression: &Node<Expression>) -> BlockId {
        let id = self.block(self.join.trim.span(expression.span));
        self.inner(id, |inner| {
            inner.visit_expression(&expression.node, &expression.span);
        });
        id
    }

    /// Jumps and labels in the statement expressions of a block.
    fn inner(&mut self, block: BlockId, walk: impl FnOnce(&mut Inner)) {
        let mut inner = Inner::default();
        walk(&mut inner);
        for label in inner.labels {
            self.labels.entry(label).or_default().push(block);
        }
        let gotos = inner.gotos.into_iter().map(|label| (block, label));
        self.gotos.extend(gotos);
        if inner.returns {
            self.returns.push(block);
        }
        for (leaves, around) in [
            (inner.breaks, &mut self.breaks),
            (inner.continues, &mut self.continues),
        ] {
            if let (true, Some(innermost)) = (leaves, around.last_mut()) {
                innermost.push(block);
            }
        }
    }

    fn items(&mut self, items: &[Node<BlockItem>]) {
        for item in items {
            match &item.node {
                BlockItem::Declaration(declaration) => {
                    let id = self.block(self.join.trim.span(declaration.span));
                    self.inner(id, |inner| {
                        inner.visit_declaration(&declaration.node, &declaration.span);
                    });
                }
                BlockItem::StaticAssert(_) => {}
                BlockItem::Statement(statement) => self.statement(statement),
            }
        }
    }

    fn statement(&mut self, statement: &Node<Statement>) {
        match &statement.node {
            Statement::Labeled(node) => self.labeled(&node.node, node.span),
            Statement::Compound(items) => self.items(items),
            Statement::Expression(None) => {}
            Statement::Expression(Some(expression)) => {
                self.expression(expression);
            }
            Statement::If(node) => {
                self.expression(&node.node.condition);
                let chosen = self.open.clone();
                self.statement(&node.node.then_statement);
                let behind = std::mem::replace(&mut self.open, chosen);
                if let Some(otherwise) = &node.node.else_statement {
                    self.statement(otherwise);
                }
                self.open.extend(behind);
            }
            Statement::Switch(node) => {
                let selector = self.expression(&node.node.expression);
                self.open.clear();
                self.breaks.push(Vec::new());
                self.selectors.push((selector, false));
                self.statement(&node.node.statement);
                self.leave();
                if let Some((selector, false)) = self.selectors.pop() {
                    self.open.push(selector);
                }
            }
            Statement::While(node) => {
                let condition = self.expression(&node.node.expression);
                self.body(&node.node.statement);
                self.back(condition);
                if self.truth(&node.node.expression) != Some(true) {
                    self.open.push(condition);
                }
                self.leave();
            }
            Statement::DoWhile(node) => {
                let body = &node.node.statement;
                let head = self.block(at(self.join.trim.span(body.span).start));
                self.body(body);
                let condition = self.expression(&node.node.expression);
                let truth = self.truth(&node.node.expression);
                if truth != Some(false) {
                    self.edge(condition, head);
                }
                if truth == Some(true) {
                    self.open.clear();
                }
                self.leave();
            }
            Statement::For(node) => {
                let parts = &node.node;
                match &parts.initializer.node {
                    ForInitializer::Expression(first) => {
                        self.expression(first);
                    }
                    ForInitializer::Declaration(first) => {
                        let id = self.block(self.join.trim.span(first.span));
                        self.inner(id, |inner| {
                            inner.visit_declaration(&first.node, &first.span)
                        });
                    }
                    ForInitializer::Empty | ForInitializer::StaticAssert(_) => {}
                }
                let (condition, always) = match &parts.condition {
                    Some(condition) => {
                        let always = self.truth(condition) == Some(true);
                        (self.expression(condition), always)
                    }
                    None => {
                        let span = self.join.trim.span(node.span);
                        (self.block(at(self.join.first_semicolon(span))), true)
                    }
                };
                self.body(&parts.statement);
                if let Some(step) = &parts.step {
                    self.expression(step);
                }
                self.back(condition);
                if !always {
                    self.open.push(condition);
                }
                self.leave();
            }
            Statement::Goto(label) => {
                let name = &label.node.name;
                let open = std::mem::take(&mut self.open);
                let gotos = open.into_iter().map(|from| (from, name.clone()));
                self.gotos.extend(gotos);
            }
            Statement::Continue => {
                if let Some(innermost) = self.continues.last_mut() {
                    innermost.append(&mut self.open);
                }
            }
            Statement::Break => {
                if let Some(innermost) = self.breaks.last_mut() {
                    innermost.append(&mut self.open);
                }
            }
            Statement::Return(value) => {
                if let Some(value) = value {
                    self.expression(value);
                }
                self.returns.append(&mut self.open);
            }
            Statement::Asm(_) => {
                let span = self.join.trim.span(statement.span);
                self.block(span);
                // `asm goto`, whose labels lang-c does not see.
                let tokens = self.join.input.tokens;
                let first = tokens.partition_point(|token| token.span.start < span.start);
                self.computed |= tokens[first..]
                    .iter()
                    .take_while(|token| token.span.start < span.end)
                    .any(|token| token.of(self.join.input.text) == "goto");
            }
        }
    }

    fn labeled(&mut self, labeled: &LabeledStatement, range: Range) {
        let id = self.block(at(range.start as u32));
        match &labeled.label.node {
            Label::Identifier(name) => {
                let blocks = self.labels.entry(name.node.name.clone()).or_default();
                blocks.push(id);
            }
            Label::Case(_) | Label::CaseRange(_) | Label::Default => {
                if let Some((selector, default)) = self.selectors.last_mut() {
                    *default |= matches!(labeled.label.node, Label::Default);
                    let selector = *selector;
                    self.edge(selector, id);
                }
            }
        }
        self.statement(&labeled.statement);
    }

    /// The value of a condition that is a plain number.
    fn truth(&self, condition: &Node<Expression>) -> Option<bool> {
        // lang-c sees other numbers in the place of some.
        let text = self.join.trim.span(condition.span).of(self.join.input.text);
        text.parse().ok().map(|value: u64| value != 0)
    }

    /// The body of a loop, up to where the next round is prepared.
    fn body(&mut self, body: &Node<Statement>) {
        self.breaks.push(Vec::new());
        self.continues.push(Vec::new());
        self.statement(body);
        let mut next = self.continues.pop().unwrap_or_default();
        self.open.append(&mut next);
    }

    /// What is open leads back to the head of its loop.
    fn back(&mut self, head: BlockId) {
        for from in std::mem::take(&mut self.open) {
            self.edge(from, head);
        }
    }

    /// What has left a loop or `switch` goes on behind it.
    fn leave(&mut self) {
        let mut left = self.breaks.pop().unwrap_or_default();
        self.open.append(&mut left);
    }

    /// Adds the end and the jumps, and orders the blocks by their text.
    fn finish(mut self, body: Span) -> Vec<Block> {
        let mut returns = std::mem::take(&mut self.returns);
        self.open.append(&mut returns);
        self.block(at(body.end));
        for (from, label) in std::mem::take(&mut self.gotos) {
            for to in self.labels.get(&label).cloned().unwrap_or_default() {
                self.edge(from, to);
            }
        }
        if self.computed {
            let labels: Vec<BlockId> = self.labels.values().flatten().copied().collect();
            for block in &mut self.blocks {
                block.next.extend(&labels);
            }
        }
        let mut order: Vec<BlockId> = (0..self.blocks.len() as BlockId).collect();
        order.sort_by_key(|&id| self.blocks[id as usize].span.start);
        let mut places = vec![0; order.len()];
        for (place, &id) in order.iter().enumerate() {
            places[id as usize] = place as BlockId;
        }
        let placed = |&id: &BlockId| {
            let block = &self.blocks[id as usize];
            let mut next: Vec<BlockId> = block.next.iter().map(|&to| places[to as usize]).collect();
            next.sort_unstable();
            next.dedup();
            Block {
                span: block.span,
                next,
            }
        };
        order.iter().map(placed).collect()
    }
}

/// What stands in statement expressions. A `break` of a loop in there counts too: an edge too many.
#[derive(Default)]
struct Inner {
    labels: Vec<String>,
    gotos: Vec<String>,
    returns: bool,
    breaks: bool,
    continues: bool,
}

impl<'ast> Visit<'ast> for Inner {
    fn visit_statement(&mut self, statement: &'ast Statement, span: &'ast Range) {
        match statement {
            Statement::Goto(label) => self.gotos.push(label.node.name.clone()),
            Statement::Return(_) => self.returns = true,
            Statement::Break => self.breaks = true,
            Statement::Continue => self.continues = true,
            _ => {}
        }
        visit::visit_statement(self, statement, span);
    }

    fn visit_label(&mut self, label: &'ast Label, span: &'ast Range) {
        if let Label::Identifier(name) = label {
            self.labels.push(name.node.name.clone());
        }
        visit::visit_label(self, label, span);
    }
}
