/**
 * Where spans go, and the login there, by the variables of OpenTelemetry's specification (opentelemetry.io/docs/specs/otel/protocol/exporter). A variable
 * with `TRACES` in its name wins over the general one. No message quotes a header, because a header may be a login.
 */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Environment } from '../client/profile.ts';
import type { TraceCollectorOptions } from '../worker/tracing/collector.ts';
import type { Setting } from './setting.ts';
import { tlsFrom } from './tls-files.ts';
import { quoted, UsageError } from './usage.ts';

/** A URL without a path names a collector. A collector takes traces at the path that OTLP defines, `/v1/traces`. */
export function collectorOf({ by, value }: Setting, env: Environment): TraceCollectorOptions {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isWeb = url !== undefined && /^https?:$/.test(url.protocol);
  // What stands before an @ may be a password.
  const hasLogin = isWeb ? url.username !== '' || url.password !== '' : value.includes('@');
  if (!isWeb || hasLogin) {
    const got = hasLogin
      ? `one with a login, which belongs into ${variableOf('HEADERS', env)}`
      : quoted(value);
    throw new UsageError(`${by}: expected http://host:port or https://…, without a login, got ${got}`);
  }
  if (url.pathname === '/') url.pathname = '/v1/traces';
  const headers = headersOf(env);
  const tls = url.protocol === 'https:' ? tlsOf(env) : undefined;
  return { url: url.href, ...(headers && { headers }), ...(tls && { tls }) };
}

/** The variable of this kind that counts: the one for traces if it is set and not empty, else the general one. */
function variableOf(kind: string, env: Environment): string {
  const own = `OTEL_EXPORTER_OTLP_TRACES_${kind}`;
  return env[own] ? own : `OTEL_EXPORTER_OTLP_${kind}`;
}

function tlsOf(env: Environment): TraceCollectorOptions['tls'] {
  const [ca, cert, key] = [
    variableOf('CERTIFICATE', env),
    variableOf('CLIENT_CERTIFICATE', env),
    variableOf('CLIENT_KEY', env),
  ];
  return tlsFrom({ ca, cert, key }, env);
}

/** Reads `name=value,name=value`, a form like that of W3C's baggage. Characters that can't stand in a value are written as in a URL: `%20`. */
function headersOf(env: Environment): Readonly<Record<string, string>> | undefined {
  const by = variableOf('HEADERS', env);
  const pairs = (env[by] ?? '').split(',').map((pair) => pair.trim());
  const headers = pairs.flatMap((pair, index): [string, string][] => {
    if (pair === '') return [];
    const equals = pair.indexOf('=');
    try {
      const name = pair.slice(0, equals).trim().toLowerCase();
      const value = decodeURIComponent(pair.slice(equals + 1).trim());
      validateHeaderName(equals === -1 ? '' : name);
      validateHeaderValue(name, value);
      return [[name, value]];
    } catch {
      throw new UsageError(
        `${by}: expected name=value, several separated by commas, with values as in a URL (%20 for a blank); got something else as number ${index + 1}`,
      );
    }
  });
  return headers.length === 0 ? undefined : Object.fromEntries(headers);
}
