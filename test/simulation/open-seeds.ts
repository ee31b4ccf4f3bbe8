/**
 * Seeds that are known to fail, each with the defect that it shows, which is not mended yet. They are run and told like all others, but
 * only another failure than these makes a run fail. A seed that holds again is a failure too, until it is taken off this list.
 */
export const OPEN_SEEDS: ReadonlyMap<number, string> = new Map([
  [3538, 'claims of a gateway stay although nothing of it stands, and nothing is owed'],
  [7008, 'claims are freed before what is owed is paid'],
  [
    8276,
    'a late attempt to publish the failure of version 1, after /config vanished, is told while version 2 is being reverted',
  ],
]);
