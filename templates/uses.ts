/** What a parameter can be by its mapping, and how a template uses it. */
import type { Mapping } from '../gateway/kind.ts';
import type { Part } from './parse-template.ts';

/** How a template uses the parameters that it mentions. `{{#if}}` and `{{#unless}}` take whatever there is. */
export interface Uses {
  /** Parameters of `{{#each}}`. */
  readonly asList: readonly string[];
  /** Parameters that are written, or compared with a word. */
  readonly asOne: readonly string[];
}

export function usesOf(parts: readonly Part[]): Uses {
  const all = parts.map(usesOfPart);
  return { asList: all.flatMap(({ asList }) => asList), asOne: all.flatMap(({ asOne }) => asOne) };
}

function usesOfPart(part: Part): Uses {
  if (part.kind === 'content') return { asList: [], asOne: [] };
  if (part.kind === 'expression') return { asList: [], asOne: [part.parameter] };
  const inside = usesOf(part.kind === 'list' ? part.each : [...part.when, ...part.otherwise]);
  if (part.kind === 'list') return { ...inside, asList: [part.parameter, ...inside.asList] };
  return part.is === undefined ? inside : { ...inside, asOne: [part.parameter, ...inside.asOne] };
}

export function mayBeList(mapping: Mapping): boolean {
  if ('if' in mapping) return mayBeList(mapping.then) || mayBeList(mapping.else);
  return 'each' in mapping;
}

export function mayBeOne(mapping: Mapping): boolean {
  if ('if' in mapping) return mayBeOne(mapping.then) || mayBeOne(mapping.else);
  return !('each' in mapping);
}
