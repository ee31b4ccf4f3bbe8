/** `<get-configuration>` in its formats, `show | compare`, and the standard `<get-config>`. */

import type { Call, Operation } from '../call.ts';
import { compare } from '../compare.ts';
import type { Config } from '../config.ts';
import { dateText } from '../date-text.ts';
import { Refused } from '../failure.ts';
import { effective } from '../groups.ts';
import { operationFailed } from '../rpc-error.ts';
import { SCHEMA } from '../schema.ts';
import { configText, setLines } from '../text-form.ts';
import { selected, xmlOf } from '../xml-form.ts';
import { child, escapeXml, wrap, type XmlElement } from '../xml.ts';

const XNM = 'xmlns="http://xml.juniper.net/xnm/1.1/xnm"';

const bad = (badElement: string): Refused => new Refused(operationFailed('syntax error', { badElement }));

function source(call: Call): Config {
  const { database = 'candidate' } = call.operation.attributes;
  if (database === 'candidate') return call.session.workspace.config;
  if (database === 'committed') return call.router.running();
  throw bad(database);
}

function comparison(call: Call, rollback: string): string {
  const { commits } = call.router.history;
  const old = /^\d+$/.test(rollback) ? commits[Number(rollback)] : undefined;
  if (!old)
    throw new Refused(
      operationFailed(`rollback ${rollback}: no such configuration`, { badElement: rollback }),
    );
  const text = escapeXml(compare(old.config, source(call), SCHEMA));
  return wrap('configuration-information', `<configuration-output>\n${text}</configuration-output>`);
}

function shown(call: Call, config: Config, format: string): string {
  const { newest } = call.router.history;
  switch (format) {
    case 'text': {
      const header = `## Last commit: ${dateText(newest.at)} by ${newest.user}\n`;
      return `<configuration-text ${XNM}>\n${escapeXml(header + configText(config, SCHEMA))}</configuration-text>`;
    }
    case 'set':
      return `<configuration-set>\n${escapeXml(setLines(config).reduce((text, l) => `${text}${l}\n`, ''))}</configuration-set>`;
    case 'xml': {
      const seconds = `commit-seconds="${Math.floor(newest.at / 1000)}" commit-user="${escapeXml(newest.user)}"`;
      return wrap('configuration', xmlOf(config, SCHEMA), `${XNM} ${seconds}`);
    }
    default:
      throw bad(format);
  }
}

function filtered(config: Config, configuration: XmlElement | undefined): Config {
  return selected(config, configuration?.children ?? [], SCHEMA);
}

export const getConfiguration: Operation = (call) => {
  const { format = 'xml', compare: by, rollback = '0', inherit } = call.operation.attributes;
  if (by !== undefined && by !== 'rollback') throw bad(by);
  if (by !== undefined) return comparison(call, rollback);
  const config = source(call);
  const counts = inherit === 'inherit' ? effective(config, SCHEMA, { keepInactive: true }) : config;
  return shown(call, filtered(counts, child(call.operation, 'configuration')), format);
};

export const getConfig: Operation = (call) => {
  const { operation, router, session } = call;
  const name = child(operation, 'source')?.children[0]?.name ?? '';
  if (name !== 'running' && name !== 'candidate') throw bad(name);
  const filter = child(operation, 'filter');
  if (filter && (filter.attributes['type'] ?? 'subtree') !== 'subtree') throw bad('filter');
  const config = name === 'running' ? router.running() : session.workspace.config;
  const isEmpty = filter !== undefined && filter.children.length === 0;
  const part = isEmpty ? [] : filtered(config, filter ? child(filter, 'configuration') : undefined);
  return wrap('data', shown(call, part, 'xml'));
};
