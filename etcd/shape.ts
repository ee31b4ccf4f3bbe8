/** Whether what was read has the form that it was written in: somebody's hand may have been in it since. */
import { isFields } from './envelope.ts';

export const isText = (value: unknown): value is string => typeof value === 'string';

export const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

export function isGatewayVersion(value: unknown): boolean {
  return (
    isFields(value) &&
    isText(value['resourceType']) &&
    isText(value['resourceId']) &&
    Number.isSafeInteger(value['version'])
  );
}

export function isRouterConfiguration(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { create, arrange, remove, owns, monitors } = value;
  return (
    isText(create) &&
    isTexts(arrange) &&
    isTexts(remove) &&
    Array.isArray(owns) &&
    owns.every(isTexts) &&
    Array.isArray(monitors) &&
    monitors.every(isMonitor)
  );
}

function isMonitor(value: unknown): boolean {
  if (!isFields(value) || !isText(value['name'])) return false;
  const { interface: unit, counters } = value;
  return (unit === undefined || isText(unit)) && Array.isArray(counters) && counters.every(isCounter);
}

function isCounter(value: unknown): boolean {
  return isFields(value) && isText(value['filter']) && isText(value['counter']);
}
