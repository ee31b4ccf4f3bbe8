import type { ChangeOutcome, GatewayRun, Progress } from '../../client/index.ts';
import type { CommandIo } from '../../command/io.ts';
import { LivePainter } from '../../command/live-painter.ts';
import { changedLines, progressLines } from '../../command/progress-view.ts';
import { isRedrawable, drawOptionsOf } from '../../command/style.ts';

/** Shows several creations until all have ended. A terminal shows one picture that is redrawn; other outputs get a line per change. */
export async function followAll(
  runs: readonly GatewayRun<ChangeOutcome>[],
  { stdout, env }: CommandIo,
): Promise<void> {
  const latest = new Map<GatewayRun<ChangeOutcome>, Progress>();
  const redraw = isRedrawable(stdout, env);
  const render = () =>
    progressLines([...latest.values()], { now: Date.now(), ...drawOptionsOf(stdout, env) });
  const painter = redraw ? new LivePainter(stdout, render) : undefined;
  try {
    await Promise.all(
      runs.map(async (run) => {
        for await (const progress of run.watch()) {
          if (!redraw) {
            for (const line of changedLines(latest.get(run) ?? null, progress)) stdout.write(`${line}\n`);
          }
          latest.set(run, progress);
        }
      }),
    );
  } finally {
    painter?.stop();
  }
}
