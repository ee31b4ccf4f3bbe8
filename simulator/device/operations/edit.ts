/** `<edit-config>` on the candidate (RFC 6241 §7.2), Junos's own `<load-configuration>`, and `<discard-changes>`. */

import { dialectOf, requireEditable } from '../call.ts';
import { loadSetLines, loadStatements, loadText } from '../config/load-text.ts';
import type { ConfigEdit, TextAction } from '../config/load-text.ts';
import { SCHEMA } from '../config/schema.ts';
import { statementsOf } from '../config/xml-form.ts';
import type { Dialect } from '../dialect.ts';
import { permittedEdit } from '../login-class.ts';
import type { Operation, RouterModel } from '../model.ts';
import {
  operationFailed,
  RefusedError,
  resultErrorXml,
  rpcErrorXml,
  syntaxError,
  type RpcError,
} from '../rpc-error.ts';
import { child, childText, leaf, wrap, type XmlElement } from '../xml.ts';

/** The configuration is XML, or text in Junos's `<config-text>`. If a statement has an error, the reply is the error; other statements stay loaded. */
export const editConfig: Operation = (call) => {
  requireEditable(call);
  const { operation, session } = call;
  const target = child(operation, 'target')?.children[0]?.name;
  if (target !== 'candidate') throw new RefusedError(syntaxError(target ?? 'target'));
  return call.step('load', () => {
    const { errors } = session.workspace.edit(permittedEdit(session.permission, standardEdit(operation)));
    if (errors.some((e) => e.severity === 'error')) throw new RefusedError(...errors);
    return [...errors.map((error) => rpcErrorXml(error)), '<ok/>'].join('\n');
  });
};

function standardEdit(operation: XmlElement): ConfigEdit {
  const defaultOperation = childText(operation, 'default-operation') ?? 'merge';
  if (!['merge', 'replace', 'none'].includes(defaultOperation))
    throw new RefusedError(syntaxError(defaultOperation));
  // `replace` for the whole configuration is Junos's override. Otherwise single elements may have the operation `replace`.
  const action: TextAction = defaultOperation === 'replace' ? 'override' : 'replace';
  const text =
    childText(child(operation, 'config-text') ?? operation, 'configuration-text') ??
    childText(operation, 'config-text');
  if (text !== undefined) return (config) => loadText(config, text, action, SCHEMA);
  const xml = child(child(operation, 'config') ?? operation, 'configuration') ?? child(operation, 'config');
  if (!xml) throw new RefusedError(syntaxError('edit-config'));
  return (config) => loadStatements(config, statementsOf(xml.children, SCHEMA), [], action, SCHEMA);
}

/** Not atomic: statements without an error are loaded even if others have errors. */
export const loadConfiguration: Operation = (call) => {
  requireEditable(call);
  return call.step('load', () => {
    const { workspace, permission } = call.session;
    const edit = junosEdit(call.operation, call.router);
    const before = workspace.config;
    const { config, errors } = workspace.edit(permittedEdit(permission, edit));
    if (call.operation.attributes['rollback'] === '0') workspace.discard();
    return loadResults(errors, config !== before, dialectOf(call));
  });
};

const ACTIONS: readonly string[] = ['merge', 'replace', 'override', 'update'] satisfies readonly TextAction[];

const isTextAction = (word: string): word is TextAction => ACTIONS.includes(word);

function junosEdit(operation: XmlElement, router: RouterModel): ConfigEdit {
  const { action = 'merge', rollback } = operation.attributes;
  if (rollback !== undefined) return rollbackEdit(router, rollback);
  const lines = child(operation, 'configuration-set');
  if (action === 'set' || lines) {
    if (!lines) throw new RefusedError(syntaxError('configuration-set'));
    return (config) => loadSetLines(config, lines.text, SCHEMA);
  }
  if (!isTextAction(action)) throw new RefusedError(syntaxError(action));
  const text = child(operation, 'configuration-text');
  if (text) return (config) => loadText(config, text.text, action, SCHEMA);
  const xml = child(operation, 'configuration');
  if (xml) return (config) => loadStatements(config, statementsOf(xml.children, SCHEMA), [], action, SCHEMA);
  throw new RefusedError(syntaxError(operation.children[0]?.name ?? 'load-configuration'));
}

function rollbackEdit({ history }: RouterModel, n: string): ConfigEdit {
  const commit = /^\d+$/.test(n) ? history.commits[Number(n)] : undefined;
  if (!commit)
    throw new RefusedError(operationFailed(`rollback ${n}: no such configuration`, { badElement: n }));
  return () => ({ config: commit.config, errors: [] });
}

/** `<ok/>` stands beside the errors when a part of the configuration was loaded. */
function loadResults(errors: readonly RpcError[], changed: boolean, dialect: Dialect): string {
  const failures = errors.filter((e) => e.severity === 'error');
  const isCounted = dialect.errors === 'count' && failures.length > 0;
  const parts = isCounted ? [] : errors.map((error) => resultErrorXml(error, dialect));
  if (failures.length > 0) parts.push(leaf('load-error-count', failures.length));
  if (failures.length === 0 || (changed && !isCounted)) parts.push('<ok/>');
  return wrap('load-configuration-results', parts.join('\n'));
}

/** In the candidate, discards the edits of all sessions, since they share it. In a private copy, discards the edits of this session alone. */
export const discardChanges: Operation = (call) => {
  requireEditable(call);
  call.session.workspace.discard();
  return '<ok/>';
};
