/**
 * One router's candidate, held for one edit: lock and look, load and judge, commit, unlock. Four round trips.
 *
 * 1. Nothing that changes something is sent along with the lock: a load behind a lock that is denied would go into
 *    somebody else's candidate.
 * 2. Nothing is loaded before the look was judged, nothing committed before the diff was.
 * 3. Edits are discarded only when they are our own and the lock is ours. Where that fails the session is ended, which
 *    makes the router do it.
 */
import { FAILURES } from '../gateway/failures.ts';
import type { RouterConfiguration } from '../gateway/kind.ts';
import { ROUTER_DEADLINES } from '../gateway/policies.ts';
import { parse } from '../junos/parse.ts';
import { at, same } from '../junos/select.ts';
import { nest } from '../junos/set.ts';
import type { Path, Statement } from '../junos/tree.ts';
import { outside, readDiff } from '../netconf/diff.ts';
import { withDeadline } from '../netconf/operation.ts';
import type { Done, Operation } from '../netconf/operation.ts';
import type { CommitEntry } from '../netconf/configuration-operations.ts';
import type { Outcome } from '../netconf/outcome.ts';
import {
  check,
  commit,
  commitInformation,
  compareWithRunning,
  discardChanges,
  getConfiguration,
  loadSet,
  loadText,
  lock,
  unlock,
} from '../netconf/operations.ts';
import { unwrap } from '../netconf/outcome.ts';
import type { Session } from '../netconf/session.ts';
import { NotNowError, RefusedError } from './refused.ts';

/** What a router carries of what one gateway owns. */
export interface Standing {
  /** Owned paths that exist there. */
  readonly present: readonly Path[];
  /** Those of them that are not as rendered. */
  readonly changed: readonly Path[];
  /** All owned paths exist, as rendered. */
  readonly whole: boolean;
}

export class Candidate {
  readonly #session: Session;
  readonly #router: string;
  readonly #configuration: RouterConfiguration;
  #edited = false;
  #held = true;

  private constructor(session: Session, router: string, configuration: RouterConfiguration) {
    this.#session = session;
    this.#router = router;
    this.#configuration = configuration;
  }

  /**
   * Takes the lock and looks at what stands. Throws `NotNowError` when somebody else has the lock or unfinished edits,
   * or while somebody's confirmed commit is pending, which ours would make permanent.
   */
  static async take(session: Session, router: string, configuration: RouterConfiguration) {
    const [locked, ...looks] = await session.pipeline([
      lock(),
      getConfiguration({ paths: configuration.owns, database: 'committed' }),
      compareWithRunning(),
      commitInformation(),
    ]);
    const outcome = unwrap(locked);
    if (outcome.kind !== 'locked') {
      const why = outcome.kind === 'denied' ? outcome.holder.description : outcome.message;
      throw new NotNowError(FAILURES.RouterBusy, `${router}: candidate not available: ${why.slice(0, 200)}`);
    }
    const candidate = new Candidate(session, router, configuration);
    try {
      const [running, edits, commits] = looks;
      candidate.#assertUndisturbed(unwrap(edits), unwrap(commits));
      return { candidate, standing: standingOf(parse(unwrap(running)), configuration) };
    } catch (error) {
      await candidate.release();
      throw error;
    }
  }

  #assertUndisturbed(edits: string, commits: readonly CommitEntry[]): void {
    if (edits.trim() !== '') {
      throw new NotNowError(
        FAILURES.RouterBusy,
        `${this.#router}: the candidate holds somebody's unfinished edits`,
      );
    }
    const pending = commits.find(({ rollbackPending }) => rollbackPending);
    if (pending !== undefined) {
      throw new NotNowError(
        FAILURES.RouterBusy,
        `${this.#router}: a confirmed commit by ${pending.user} is pending`,
      );
    }
  }

  /** Loads what creates the gateway and has the router check it. The diff may touch only what is owned. */
  async loadCreate(): Promise<void> {
    const { create, arrange } = this.#configuration;
    await this.#load([loadText(create, 'merge'), ...(arrange.length === 0 ? [] : [loadSet(arrange)])], '+');
  }

  /** Loads what removes the gateway, likewise. */
  async loadRemove(): Promise<void> {
    await this.#load([loadSet(this.#configuration.remove)], '-');
  }

  async #load(loads: readonly Operation<Done>[], sign: '+' | '-'): Promise<void> {
    this.#edited = true;
    const outcomes = await this.#session.pipeline([
      ...loads,
      compareWithRunning(),
      withDeadline(check(), ROUTER_DEADLINES.commitMs),
    ]);
    // In the order sent: what a failed load leaves makes the later replies meaningless.
    for (const outcome of outcomes) unwrap<unknown>(outcome);
    const changes = readDiff(unwrap(outcomes[loads.length] as Outcome<string>));
    const strange = outside(changes, this.#configuration.owns);
    const [first] = strange.length > 0 ? strange : changes.filter((change) => change.sign !== sign);
    if (first !== undefined || changes.length === 0) {
      const what = first === undefined ? 'nothing' : `"${first.sign} ${first.path.join(' ')}"`;
      const expected = `${sign === '+' ? 'additions to' : 'removals from'} what the gateway owns`;
      throw new RefusedError(
        FAILURES.OutsideOwnership,
        `${this.#router}: the candidate's diff: expected ${expected}, got ${what}`,
      );
    }
  }

  /** Makes it permanent. A refusal leaves the edits in the candidate: `release` throws them away. */
  async commit(log: string): Promise<void> {
    await this.#session.request(withDeadline(commit({ log }), ROUTER_DEADLINES.commitMs));
    this.#edited = false;
  }

  /** Gives the lock back, without our edits. Never throws. */
  async release(): Promise<void> {
    if (!this.#held) return;
    this.#held = false;
    // One after the other: an unlock behind a discard that failed would leave our edits to whoever commits next.
    for (const step of this.#edited ? [discardChanges(), unlock()] : [unlock()])
      this.#assertGivenBack(await this.#session.pipeline([step]));
  }

  /** A session that could not give back what it held is ended, which makes the router take it. */
  #assertGivenBack(outcomes: readonly Outcome<unknown>[]): void {
    if (outcomes.some(({ kind }) => kind === 'failed')) {
      this.#session.destroy('the candidate could not be given back');
    }
  }
}

function standingOf(running: readonly Statement[], { create, owns }: RouterConfiguration): Standing {
  const present = owns.filter((path) => at(running, path) !== undefined);
  if (present.length === 0) return { present, changed: [], whole: owns.length === 0 };
  const rendered = parse(create);
  const changed = present.filter((path) => !same(only(running, path), only(rendered, path)));
  return { present, changed, whole: present.length === owns.length && changed.length === 0 };
}

/** The tree reduced to one owned stanza. */
function only(tree: readonly Statement[], path: Path): readonly Statement[] {
  const stanza = at(tree, path);
  return stanza === undefined ? nest(path) : [stanza];
}
