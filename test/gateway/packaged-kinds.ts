/** The kinds that come with the program, for what can't import `kinds.ts`: mocha reads some specs in a form in which no module may await at its top. */
import type { Kinds } from '../../gateway/kind.ts';
import { loadKinds } from '../../templates/load.ts';

let loaded: Promise<Kinds> | undefined;

/** Read once in a process: that takes a tenth of a second. */
export function packagedKinds(): Promise<Kinds> {
  loaded ??= loadKinds();
  return loaded;
}
