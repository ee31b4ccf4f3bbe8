/** The form of what stands under a router's own key. */
import { isFields } from './envelope.ts';
import type { Fields } from './envelope.ts';
import { isGatewayVersion, isText, isTexts } from './shape.ts';

/** The first field of a router's record that isn't what it has to be: which, what was expected, what came. */
export function problemOf({ reservation, maintenance, past }: Fields): string | undefined {
  const within = (name: string, value: unknown, form: Form): readonly Field[] => {
    if (value === null) return [];
    if (!isFields(value)) return [[name, 'an object or null', value, false]];
    return Object.entries(form).map(([field, [is, what]]) => [
      `${name}.${field}`,
      what,
      value[field],
      is(value[field]),
    ]);
  };
  const fields = [
    ...within('reservation', reservation, RESERVATION),
    ...within('maintenance', maintenance, MAINTENANCE),
    ['past', 'calls by pair', past, past === undefined || isPast(past)] as const,
  ];
  const wrong = fields.find(([, , , isRight]) => !isRight);
  if (wrong === undefined) return undefined;
  const [field, expected, got] = wrong;
  const shown = got === undefined ? 'nothing' : JSON.stringify(got);
  return `field "${field}": expected ${expected}, got ${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}`;
}

type Field = readonly [name: string, expected: string, got: unknown, isRight: boolean];
type Form = Readonly<Record<string, readonly [is: (value: unknown) => boolean, what: string]>>;

const TEXT = [isText, 'a string'] as const;
const RESERVATION: Form = {
  id: TEXT,
  pair: TEXT,
  since: TEXT,
  token: [Number.isSafeInteger, 'a whole number'],
  call: [(value) => value === undefined || isCall(value), 'a call'],
  earlier: [(value) => value === undefined || isTexts(value), 'a list of strings'],
  sessions: [isTexts, 'a list of strings'],
  members: [(value) => Array.isArray(value) && value.every(isMember), 'a list of gateways with their runs'],
  committedAt: [(value) => value === null || isText(value), 'a string or null'],
};
const MAINTENANCE: Form = { reason: TEXT, since: TEXT };

function isPast(value: unknown): boolean {
  return isFields(value) && Object.values(value).every((scheduled) => Number.isSafeInteger(scheduled));
}

function isCall(value: unknown): boolean {
  return (
    isFields(value) && Number.isSafeInteger(value['scheduled']) && Number.isSafeInteger(value['attempt'])
  );
}

function isMember(value: unknown): boolean {
  return isFields(value) && isGatewayVersion(value['gateway']) && isText(value['run']);
}
