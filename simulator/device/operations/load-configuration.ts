/** `<load-configuration>`: Junos's own way to edit the candidate. */

import { needsToEdit, type Call, type Operation } from '../call.ts';
import { Refused } from '../failure.ts';
import { loadStatements, loadText, type TextAction } from '../load-text.ts';
import { permitted } from '../permission.ts';
import { operationFailed, rpcErrorXml, type RpcError } from '../rpc-error.ts';
import { SCHEMA } from '../schema.ts';
import { loadSetLines } from '../set-lines.ts';
import type { Change } from '../workspace.ts';
import { statementsOf } from '../xml-form.ts';
import { child, leaf, wrap } from '../xml.ts';

const ACTIONS: readonly string[] = ['merge', 'replace', 'override', 'update'] satisfies readonly TextAction[];

const isTextAction = (word: string): word is TextAction => ACTIONS.includes(word);

const bad = (badElement: string): Refused => new Refused(operationFailed('syntax error', { badElement }));

function rolledBack(call: Call, n: string): Change {
  const { commits } = call.router.history;
  const commit = /^\d+$/.test(n) ? commits[Number(n)] : undefined;
  if (!commit) throw new Refused(operationFailed(`rollback ${n}: no such configuration`, { badElement: n }));
  return () => ({ config: commit.config, errors: [] });
}

function changeOf(call: Call): Change {
  const { operation } = call;
  const { action = 'merge', rollback } = operation.attributes;
  if (rollback !== undefined) return rolledBack(call, rollback);
  const lines = child(operation, 'configuration-set');
  if (action === 'set' || lines) {
    if (!lines) throw bad('configuration-set');
    return (config) => loadSetLines(config, lines.text, SCHEMA);
  }
  if (!isTextAction(action)) throw bad(action);
  const text = child(operation, 'configuration-text');
  if (text) return (config) => loadText(config, text.text, action, SCHEMA);
  const xml = child(operation, 'configuration');
  if (xml) return (config) => loadStatements(config, statementsOf(xml.children, SCHEMA), [], action, SCHEMA);
  throw bad(operation.children[0]?.name ?? 'load-configuration');
}

/** The results of a load: `<ok/>` where anything was taken, beside the errors about the rest. */
function loadResults(errors: readonly RpcError[], changed: boolean): string {
  const failures = errors.filter((e) => e.severity === 'error');
  const parts = errors.map(rpcErrorXml);
  if (failures.length > 0) parts.push(leaf('load-error-count', failures.length));
  if (failures.length === 0 || changed) parts.push('<ok/>');
  return wrap('load-configuration-results', parts.join('\n'));
}

/** Not atomic: what was understood is in the candidate, whatever else was wrong. */
export const loadConfiguration: Operation = (call) => {
  needsToEdit(call);
  return call.step('load', () => {
    const { workspace } = call.session;
    const change = changeOf(call);
    const before = workspace.config;
    const { config, errors } = workspace.change(permitted(call, change));
    if (call.operation.attributes['rollback'] === '0') workspace.reset();
    return loadResults(errors, config !== before);
  });
};
