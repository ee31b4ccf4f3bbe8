/** `<edit-config>` on the candidate (RFC 6241 §7.2), as XML, or as text in Junos's `<config-text>`. */

import { needsToEdit, type Operation } from '../call.ts';
import { Refused } from '../failure.ts';
import { loadStatements, loadText, type TextAction } from '../load-text.ts';
import { permitted } from '../permission.ts';
import { operationFailed, rpcErrorXml } from '../rpc-error.ts';
import { SCHEMA } from '../schema.ts';
import { statementsOf } from '../xml-form.ts';
import { child, childText, type XmlElement } from '../xml.ts';
import type { Change } from '../workspace.ts';

const bad = (badElement: string): Refused => new Refused(operationFailed('syntax error', { badElement }));

function changeOf(operation: XmlElement): Change {
  const word = childText(operation, 'default-operation') ?? 'merge';
  if (!['merge', 'replace', 'none'].includes(word)) throw bad(word);
  // Replacing everything is Junos's override; the operations on single elements need their `replace` heeded.
  const action: TextAction = word === 'replace' ? 'override' : 'replace';
  const text =
    childText(child(operation, 'config-text') ?? operation, 'configuration-text') ??
    childText(operation, 'config-text');
  if (text !== undefined) return (config) => loadText(config, text, action, SCHEMA);
  const xml = child(child(operation, 'config') ?? operation, 'configuration') ?? child(operation, 'config');
  if (!xml) throw bad('edit-config');
  return (config) => loadStatements(config, statementsOf(xml.children, SCHEMA), [], action, SCHEMA);
}

export const editConfig: Operation = (call) => {
  needsToEdit(call);
  const { operation } = call;
  const target = child(operation, 'target')?.children[0]?.name;
  if (target !== 'candidate') throw bad(target ?? 'target');
  return call.step('load', () => {
    const { errors } = call.session.workspace.change(permitted(call, changeOf(operation)));
    if (errors.some((e) => e.severity === 'error')) throw new Refused(...errors);
    return [...errors.map(rpcErrorXml), '<ok/>'].join('\n');
  });
};
