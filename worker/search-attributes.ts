import type { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../gateway/messages.ts';

/** How long an answer is used before the server is asked again, in ms. Somebody may register search attributes while the worker runs. */
const GOOD_FOR_MS = 60_000;

/** Temporal's number for each type of search attribute (`temporal.api.enums.v1.IndexedValueType`). */
const TYPE_NUMBERS: Readonly<Record<string, number>> = { KEYWORD: 2, INT: 3 };

/**
 * The names of those `SEARCH_ATTRIBUTES` that the namespace has with the right type. No names if the server can't tell: search attributes are a
 * convenience, and setting one that the namespace lacks would stop the workflow.
 */
export function searchAttributesOf(
  connection: NativeConnection,
  namespace: string,
): () => Promise<readonly string[]> {
  let known: readonly string[] = [];
  let readAt = -Infinity;
  return async () => {
    if (performance.now() - readAt < GOOD_FOR_MS && known.length > 0) return known;
    try {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      known = Object.values(SEARCH_ATTRIBUTES)
        .filter(({ name, type }) => customAttributes?.[name] === TYPE_NUMBERS[type])
        .map(({ name }) => name);
      readAt = performance.now();
    } catch {
      known = [];
    }
    return known;
  };
}
