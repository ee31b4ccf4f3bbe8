import assert from 'node:assert/strict';
import { configDifferenceOf } from '../../../activities/watch/difference.ts';
import type { Configured, ConfigDifference, PublishedVersion } from '../../../activities/watch/difference.ts';

const at = (version: number | undefined): Configured => ({ version, modRevision: '7' });

describe('the difference between a configuration and its state', () => {
  const cases: readonly [string, Configured | undefined, PublishedVersion | undefined, ConfigDifference][] = [
    ['a new one', at(1), undefined, 'differs'],
    ['the version that has ended, well or badly', at(3), { version: 3 }, 'none'],
    ['a newer version', at(4), { version: 3 }, 'differs'],
    ['an older version than has ended', at(2), { version: 3 }, 'none'],
    ['a gateway of which that version was only read', at(3), { version: 3, isRead: true }, 'differs'],
    ['an older version than was only read', at(2), { version: 3, isRead: true }, 'none'],
    ['version 0, which some types have for ever', at(0), undefined, 'differs'],
    ['version 0 that has ended', at(0), { version: 0 }, 'none'],
    ['a state that can not be read', at(1), { version: null }, 'differs'],
    ['a configuration that can not be read', at(undefined), undefined, 'unreadable'],
    ['the same beside a state', at(undefined), { version: 3 }, 'unreadable'],
    ['no configuration', undefined, { version: 3 }, 'none'],
    ['nothing at all', undefined, undefined, 'none'],
  ];
  for (const [what, config, state, expected] of cases)
    it(`is "${expected}" for ${what}`, () => assert.equal(configDifferenceOf(config, state), expected));
});
