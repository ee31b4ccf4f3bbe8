/** What a cancel does to a saga, by how far the saga has come. Pure. */
import type { Progress, StepName } from '../client/index.ts';
import { printable } from './printable.ts';

/** Once one of these steps has begun, a cancel changes nothing ("point of no return", M5). */
const TOO_LATE: ReadonlySet<StepName> = new Set(['owe', 'delete', 'confirm', 'publish']);
/** Once one of these steps has begun, a router may carry the change. */
const ON_ROUTERS: ReadonlySet<StepName> = new Set(['apply', 'record', 'poll primary', 'poll secondary']);
const REVERTING: ReadonlySet<StepName> = new Set(['revert', 'publish failure']);

/** Fits a place, in the words of `placeIn`, at which the pair has put nothing of the gateway on the routers yet. */
const STILL_WAITS = /in the queue|at the door|\((?:reserving|recovering|waiting for a router)\)$/;

/** What happens to the saga now. `progress`: `null` if no worker answers for the saga. `isRepeated`: the saga had been cancelled before. */
export function cancelWords(progress: Progress | null, isRepeated = false): string {
  const what = effectOf(progress);
  return isRepeated ? `it was cancelled before, so this reason is not kept; ${what}` : what;
}

function effectOf(progress: Progress | null): string {
  if (progress === null) return 'no worker answers for it; it is cancelled once one does';
  const began = new Set(progress.steps.map(({ step }) => step));
  const has = (steps: ReadonlySet<StepName>) => [...steps].some((step) => began.has(step));
  const standing =
    progress.standing === undefined ? 'nothing stands then' : `version ${progress.standing} stands then`;
  if (has(REVERTING)) return `it is being reverted already; ${standing}`;
  if (has(TOO_LATE)) return 'it is being made permanent, so this comes too late; it goes on to its end';
  if (began.has('see and publish'))
    return `both routers are only looked at; it ends without publishing, unless this comes too late; ${standing}`;
  if (!has(ON_ROUTERS)) return `no router has been asked for it; it ends without touching one; ${standing}`;
  const apply = progress.steps.find(({ step }) => step === 'apply');
  // The routers, then the gateway's place in the queue of their pair.
  const [routers = '', place = ''] = printable(apply?.waitingFor ?? '').split('; ');
  const where = routers === '' ? 'both routers' : routers;
  if (STILL_WAITS.test(place)) return `it leaves the queue of ${where}; ${standing}`;
  return `what it has put on ${where} is taken back; ${standing}`;
}
