/** One line for each event: text for people, or JSON for programs. Both forms have the same fields. */

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];
/** The most important first. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  readonly format: LogFormat;
  /** The least important level that is written. */
  readonly level: LogLevel;
}

export type LogFields = Readonly<Record<string, string | number | boolean>>;

export interface LogEvent {
  readonly time: Date;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/**
 * `2026-11-29T21:00:00.000Z INFO message key=value …`, or the same as one JSON object with `time`, `level`, `message` and `fields`. The line ends with a
 * line feed. It has no other line feed, and no character that a terminal would obey.
 */
export function lineOf({ time, level, message, fields }: LogEvent, format: LogFormat): string {
  const head = { time: time.toISOString(), level: level.toUpperCase(), message };
  if (format === 'json') return `${quoted({ ...head, fields })}\n`;
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${wordOf(value)}`);
  return `${[head.time, head.level, bare(quoted(message)), ...pairs].join(' ')}\n`;
}

/** A value stands as it is, if it is not empty and has no blanks, quotes, backslashes and equals signs. Any other value is a JSON string. */
function wordOf(value: LogFields[string]): string {
  const text = quoted(String(value));
  return /^"[^\s"\\=]+"$/.test(text) ? bare(text) : text;
}

/** The inside of a JSON string. Quotes in it need no escape here, because no quote ends it. */
function bare(json: string): string {
  return json.slice(1, -1).replaceAll('\\"', '"');
}

/** JSON in which control and format characters are escaped, too. JSON itself would permit some of them unescaped. */
function quoted(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) =>
    Array.from({ length: sign.length }, (_, at) => escapeOf(sign.charCodeAt(at))).join(''),
  );
}

function escapeOf(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
