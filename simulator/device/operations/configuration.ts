/** `<get-configuration>` in its formats, with `show | compare`, and the standard `<get-config>` (RFC 6241 §7.1). */

import { dialectOf } from '../call.ts';
import { dateText } from '../clock.ts';
import { compare } from '../config/compare.ts';
import type { Config } from '../config/config.ts';
import { effective } from '../config/groups.ts';
import { SCHEMA } from '../config/schema.ts';
import { setLines, textOf } from '../config/text-form.ts';
import { selected, xmlOf } from '../config/xml-form.ts';
import type { Call, Operation } from '../model.ts';
import { operationFailed, RefusedError, syntaxError } from '../rpc-error.ts';
import { child, escapeXml, wrap, type XmlElement } from '../xml.ts';

const XNM = 'xmlns="http://xml.juniper.net/xnm/1.1/xnm"';

export const getConfiguration: Operation = (call) => {
  const { format = 'xml', compare: to, rollback = '0', inherit } = call.operation.attributes;
  if (to !== undefined && to !== 'rollback') throw new RefusedError(syntaxError(to));
  if (to !== undefined) return comparison(call, rollback);
  const config = source(call);
  const shown = inherit === 'inherit' ? effective(config, SCHEMA, { keepInactive: true }) : config;
  const part = filtered(shown, child(call.operation, 'configuration'));
  return referenced(call, formatted(call, part, format));
};

export const getConfig: Operation = (call) => {
  const { operation, router, session } = call;
  const name = child(operation, 'source')?.children[0]?.name ?? '';
  if (name !== 'running' && name !== 'candidate') throw new RefusedError(syntaxError(name));
  const filter = child(operation, 'filter');
  if (filter && (filter.attributes['type'] ?? 'subtree') !== 'subtree')
    throw new RefusedError(syntaxError('filter'));
  const config = name === 'running' ? router.running() : session.workspace.config;
  // RFC 6241 §6.4.2: an empty filter selects nothing.
  const isEmpty = filter !== undefined && filter.children.length === 0;
  const part = isEmpty ? [] : filtered(config, filter ? child(filter, 'configuration') : undefined);
  return wrap('data', referenced(call, formatted(call, part, 'xml')));
};

function source(call: Call): Config {
  const { database = 'candidate' } = call.operation.attributes;
  if (database === 'candidate') return call.session.workspace.config;
  if (database === 'committed') return call.router.running();
  throw new RefusedError(syntaxError(database));
}

function filtered(config: Config, configuration: XmlElement | undefined): Config {
  return selected(config, configuration?.children ?? [], SCHEMA);
}

function comparison(call: Call, rollback: string): string {
  const { commits } = call.router.history;
  const old = /^\d+$/.test(rollback) ? commits[Number(rollback)] : undefined;
  if (!old)
    throw new RefusedError(
      operationFailed(`rollback ${rollback}: no such configuration`, { badElement: rollback }),
    );
  const text = escapeXml(compare(old.config, source(call), SCHEMA));
  return referenced(
    call,
    wrap('configuration-information', `<configuration-output>\n${text}</configuration-output>`),
  );
}

/** The reply with references in place of characters beyond ASCII, where the router prints them so. */
function referenced(call: Call, body: string): string {
  const { beyondAscii } = dialectOf(call);
  if (beyondAscii === 'plain') return body;
  return body.replace(/[^\0-\x7f]/gu, (character) => {
    const codes = beyondAscii === 'octets' ? [...Buffer.from(character)] : [character.codePointAt(0) ?? 0];
    return codes.map((code) => `&#${code};`).join('');
  });
}

function formatted(call: Call, config: Config, format: string): string {
  const { history, options } = call.router;
  const { user, at } = history.newest;
  const shownAt = at + options.clockAhead;
  const { nothing } = dialectOf(call);
  if (config.length === 0 && nothing !== 'element') return nothing === 'ok' ? '<ok/>' : '';
  switch (format) {
    case 'text': {
      const header = `## Last commit: ${dateText(shownAt)} by ${user}\n`;
      return `<configuration-text ${XNM}>\n${escapeXml(header + textOf(config))}</configuration-text>`;
    }
    case 'set': {
      const lines = setLines(config).map((line) => `${line}\n`);
      return `<configuration-set>\n${escapeXml(lines.join(''))}</configuration-set>`;
    }
    case 'xml': {
      const seconds = `commit-seconds="${Math.floor(shownAt / 1000)}" commit-user="${escapeXml(user)}"`;
      return wrap('configuration', xmlOf(config, SCHEMA), `${XNM} ${seconds}`);
    }
    default:
      throw new RefusedError(syntaxError(format));
  }
}
