import { withoutMarks } from '../junos/placeholders.ts';
import { shown } from '../junos/syntax-error.ts';

/** Thrown when a kind's folder or its published form is not a kind: an unknown or missing field, a template that can't be read. */
export class KindError extends Error {
  override readonly name = 'KindError';
  /** The file or the published template's id. */
  readonly file: string;
  /** The field inside it, `provisioning.mappings.vlan`; empty for the file as a whole. */
  readonly field: string;

  constructor(file: string, field: string, expected: string, got: string, options?: ErrorOptions) {
    super(`${file}${field === '' ? '' : `, ${field}`}: expected ${expected}, got ${got}`, options);
    this.file = file;
    this.field = field;
  }
}

/** Codes of the file system's errors that stay until a person corrects the folder. */
const LASTING: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'ELOOP']);

export function isAbsent(cause: unknown): boolean {
  return codeOf(cause) === 'ENOENT';
}

/** The `KindError` for a file or a folder that is absent or can't be read; any other error as it is. */
export function unreadable(file: string, expected: 'a file' | 'a folder', cause: unknown): unknown {
  if (isAbsent(cause)) return new KindError(file, '', expected, 'nothing', { cause });
  const code = codeOf(cause);
  return LASTING.has(code)
    ? new KindError(file, '', `${expected} that can be read`, String(code), { cause })
    : cause;
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}

/** Thrown when a parameter's value can't go into a router's configuration: the gateway's data is at fault. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
  readonly parameter: string;
  readonly expected: string;
  /** The value that was given, cut and printable, without secrets. */
  readonly got: string;

  constructor(parameter: string, expected: string, got: string, options?: ErrorOptions) {
    super(withoutMarks(`parameter ${parameter}: expected ${expected}, got ${got}`), options);
    this.parameter = parameter;
    this.expected = expected;
    this.got = withoutMarks(got);
  }
}

/** Thrown when the text that a template made can't be parsed, or touches something outside the owned stanzas. The kind is at fault. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly resourceType: string;
  /** `create`, `arrange`, `remove`, `owns` or `monitors`. */
  readonly template: string;

  constructor(resourceType: string, template: string, problem: string, options?: ErrorOptions) {
    super(withoutMarks(`template ${resourceType}/${template}: ${problem}`), options);
    this.resourceType = resourceType;
    this.template = template;
  }
}

/** A value for a message: cut, printable, with its type when it is not text. */
export function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return value === '' ? 'an empty string' : shown(value, 40);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'number' || typeof value === 'boolean' ? shown(String(value)) : 'an object';
}
