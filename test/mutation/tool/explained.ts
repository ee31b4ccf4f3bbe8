import type { Survivor } from './survivors.ts';
export const SURVIVORS: readonly Survivor[] = [];
