import assert from 'node:assert/strict';
import fc from 'fast-check';
import { edits } from '../../junos/edits.ts';
import { heldOf } from '../../junos/holds.ts';
import { paths, within } from '../../junos/select.ts';
import { printSet } from '../../junos/set.ts';
import { loadSetLines } from '../../simulator/device/config/load-text.ts';
import { SCHEMA } from '../../simulator/device/config/schema.ts';
import { configText } from '../../simulator/device/config/text-form.ts';
import { exists } from './forms.ts';
import { assertHas, edited, loaded, printed, printedIn, setLines } from './shared-router.ts';
import { sharedStanzas, type SharedStanzas } from './shared-stanzas.ts';

const holds = (check: (stanzas: SharedStanzas) => void): void =>
  fc.assert(fc.property(sharedStanzas, check), { numRuns: 80 });

describe('the edits between any two texts, beside any statements of others', () => {
  it('bring a router from one text to the other, and back', () => {
    holds(({ before, after, foreign, owns }) => {
      const config = loaded([], setLines([...foreign, ...before]));
      const there = edited(config, { base: before, target: after, owns });
      assertHas(there.config, after, foreign);
      const back = edited(there.config, { base: after, target: before, owns });
      assertHas(back.config, before, foreign);
    });
  });

  it('take away all that a text brought', () => {
    holds(({ before, foreign, owns }) => {
      const config = loaded(loaded([], setLines(foreign)), setLines(before));
      assertHas(edited(config, { base: before, target: [], owns }).config, foreign);
    });
  });

  it('activate again what somebody has deactivated of a text, however the router prints it', () => {
    const anyPart = fc.tuple(fc.nat(), fc.nat());
    fc.assert(
      fc.property(sharedStanzas, anyPart, ({ before, after, foreign, owns }, [which, length]) => {
        const config = loaded([], setLines([...foreign, ...before]));
        const ours = paths(before);
        const path = ours[which % ours.length] ?? [];
        const least = owns.find((owner) => within(path, owner))?.length ?? 0;
        const part = path.slice(0, least + (length % (path.length - least + 1)));
        const words = printSet({ verb: 'deactivate', path: part });
        const { config: off, errors } = loadSetLines(config, words, SCHEMA);
        fc.pre(path.length > 0 && errors.length === 0);
        const base = [...before, ...after];
        const commands = edits({ base, target: before, owns, standing: printed(off) });
        const on = loaded(off, commands);
        assert.doesNotMatch(configText(on, SCHEMA), /inactive:/, [words, ...commands].join('\n'));
        assertHas(on, before, foreign);
      }),
      { numRuns: 80 },
    );
  });

  it('are none the second time', () => {
    holds(({ before, after, foreign, owns }) => {
      const config = loaded([], setLines([...before, ...foreign]));
      const once = edited(config, { base: before, target: after, owns });
      assert.deepEqual(edited(once.config, { base: before, target: after, owns }).commands, []);
      assert.deepEqual(edited(once.config, { base: after, target: after, owns }).commands, []);
    });
  });

  it('lead to the target from whatever is left of several texts that may stand there', () => {
    holds(({ before, after, foreign, owns }) => {
      const left = loaded([], [foreign, before, after].flatMap(setLines));
      const base = [...before, ...after];
      assertHas(edited(left, { base, target: before, owns }).config, before, foreign);
      assertHas(edited(left, { base, target: [], owns }).config, foreign);
    });
  });

  it('are none exactly where the router holds the target, and its predecessor is gone', () => {
    holds(({ before, after, foreign, owns }) => {
      const config = loaded([], setLines([...before, ...foreign]));
      const held = (of: typeof config, text: typeof after, without: typeof before) =>
        heldOf(printedIn(of, owns), { text, without, owns }).kind;
      const { commands, config: next } = edited(config, { base: before, target: after, owns });
      assert.equal(held(config, before, after), 'whole');
      assert.equal(held(next, after, before), 'whole');
      assert.equal(held(config, after, before) === 'whole', commands.length === 0);
      assert.equal(held(next, before, after) === 'whole', commands.length === 0);
      const gone = edited(next, { base: after, target: [], owns });
      // An entry that a text has without content, and others with content, may be of either.
      const isOnlyOthers = paths(after).every((path) => exists(foreign, path));
      if (!isOnlyOthers) assert.equal(held(gone.config, after, []), 'none');
    });
  });
});
