/** The two kinds of workspace: the candidate that all sessions share, and a private copy. */

import type { Config } from './config/config.ts';
import type { ConfigEdit } from './config/load-text.ts';
import type { RouterModel, Workspace } from './model.ts';

export function sharedWorkspace(router: RouterModel, session: number, user: string): Workspace {
  const { candidate } = router;
  return {
    kind: 'shared',
    get config() {
      return candidate.config;
    },
    get isEdited() {
      return candidate.modifiedBy !== undefined;
    },
    edit(edit) {
      const loaded = edit(candidate.config);
      if (loaded.config === candidate.config) return loaded;
      candidate.change(loaded.config, session);
      const locked = router.lock.owner?.session === session;
      router.emit(() => ({ kind: 'edited', user, session, locked }));
      return loaded;
    },
    discard() {
      const { modifiedBy: edits } = candidate;
      candidate.reset(router.running());
      if (edits !== undefined) router.emit(() => ({ kind: 'discarded', user, session, edits }));
    },
    toCommit: () => candidate.config,
    committed(config) {
      // Edits made during the commit stay in the candidate.
      if (candidate.config === config) candidate.reset(config);
    },
  };
}

/** Committing a private copy makes its edits again, on the configuration that runs at that moment. */
export function privateWorkspace(router: RouterModel): Workspace {
  let config: Config = router.running();
  let edits: readonly ConfigEdit[] = [];
  const discard = (): void => {
    config = router.running();
    edits = [];
  };
  return {
    kind: 'private',
    get config() {
      return config;
    },
    get isEdited() {
      return edits.length > 0;
    },
    edit(edit) {
      const loaded = edit(config);
      config = loaded.config;
      edits = [...edits, edit];
      return loaded;
    },
    discard,
    toCommit: () => edits.reduce((at, edit) => edit(at).config, router.running()),
    committed() {
      discard();
      router.candidate.reset(router.running());
    },
  };
}
