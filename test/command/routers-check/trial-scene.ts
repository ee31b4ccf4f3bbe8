/** Trials on a simulated router, which must be left as it was. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { askable } from '../../../command/routers-check/ask.ts';
import { open as openSession } from '../../../command/routers-check/open.ts';
import { checkOptions } from '../../../command/routers-check/options.ts';
import { trialLines } from '../../../command/routers-check/trial-run.ts';
import type { Store } from '../../../etcd/store.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { openCheckScene, type Checked, type CheckScene, type ReportLine } from './scene.ts';

export interface Tried extends Checked {
  readonly checks: readonly ReportLine[];
  readonly steps: readonly ReportLine[];
}

/** A scene for each test, which ends with the test. */
export function useTrials() {
  const etcd = useEtcd();
  let scene: CheckScene;
  let before = '';
  afterEach(async () => {
    await scene.close();
  });
  const transcriptFile = () => join(scene.folder, 'transcript.xml');
  const keepAsIs = () => {
    before = scene.router.device.running();
  };
  return {
    etcd,
    transcriptFile,
    /** The router has to look as it does now. */
    keepAsIs,
    open: async (...options: [] | [Parameters<typeof openCheckScene>[1]]): Promise<CheckScene> => {
      scene = await openCheckScene(etcd().endpoint, ...options);
      keepAsIs();
      return scene;
    },
    trial: async (...argv: string[]): Promise<Tried> => {
      const report = await scene.check(
        '--trial',
        '--yes',
        '--json',
        '--transcript',
        transcriptFile(),
        ...argv,
      );
      const { checks } = JSON.parse(report.out) as { checks: ReportLine[] };
      return { ...report, checks, steps: checks.filter(({ name }) => name.startsWith('trial')) };
    },
    /**
     * Looks at etcd as `routers check` does before its checks. Resolves to what runs the trial. `onSession`: called before each session. `seen`: the
     * store in which the trial looks at the router.
     */
    checkedTrial: async () => {
      const options = checkOptions([scene.router.id, '--trial', '--yes'], scene.env);
      const { store } = etcd();
      const asked = await askable(store, options);
      return (onSession: () => Promise<void> = async () => undefined, seen: Store = store) =>
        trialLines({
          store: seen,
          router: asked,
          signal: new AbortController().signal,
          cleanUpMs: 10,
          by: 'alice',
          open: async () => {
            await onSession();
            return (
              (await openSession(asked.target, options.worker, asked.transcript)).session ?? assert.fail()
            );
          },
        });
    },
    assertClean: async (): Promise<void> => {
      const { pending, lock, candidate, running } = scene.router.device.inspect();
      assert.deepEqual([pending, lock, running, candidate === running], [null, null, before, true]);
      const { maintenance, reservation } = await etcd().store.router(scene.router.id);
      assert.deepEqual([maintenance, reservation], [null, null]);
    },
  };
}

export function textOf(lines: readonly ReportLine[], name: string): string | undefined {
  return lines.find((one) => one.name === name)?.text;
}
