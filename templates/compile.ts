import type { Kind } from '../gateway/kind.ts';
import { ROLES } from '../gateway/resource.ts';
import { digestOf } from './digest.ts';
import { KindError, messageOf } from './errors.ts';
import { compileTemplate, type Template } from './template.ts';
import { visibleNames } from './visible.ts';

/** A kind's templates, compiled. */
export interface CompiledKind {
  readonly create: Template;
  readonly arrange: Template;
  readonly remove: Template;
  readonly owns: readonly Template[];
  readonly monitors: readonly CompiledMonitor[];
}

export interface CompiledMonitor {
  readonly name: string;
  readonly interface?: Template;
  readonly counters: readonly { readonly filter: Template; readonly counter: Template }[];
}

const maximumCached = 64;
const byDigest = new Map<string, CompiledKind>();
const byKind = new WeakMap<Kind, CompiledKind>();

/** The compiled templates of a kind. They are compiled once per digest. Throws {@link KindError}. */
export function compiled(kind: Kind): CompiledKind {
  const known = byKind.get(kind);
  if (known !== undefined) return known;
  const digest = digestOf(kind);
  const found = byDigest.get(digest) ?? compileKind(kind, kind.resourceType);
  byKind.set(kind, found);
  byDigest.set(digest, found);
  const [oldest] = byDigest.keys();
  if (byDigest.size > maximumCached && oldest !== undefined) byDigest.delete(oldest);
  return found;
}

/**
 * Compiles every template, and checks that each parameter that a template mentions exists for both roles. `file`: for messages. Throws {@link KindError}.
 */
export function compileKind(kind: Kind, file: string): CompiledKind {
  const names = ROLES.map((role) => ({ role, names: visibleNames(kind, role) }));
  const read = (field: string, source: string): Template => {
    let template: Template;
    try {
      template = compileTemplate(source);
    } catch (cause) {
      throw new KindError(file, field, 'a template', messageOf(cause), {
        cause,
      });
    }
    for (const mention of template.mentions) {
      const lacking = names.find((visible) => !visible.names.has(mention));
      if (lacking !== undefined)
        throw new KindError(file, field, `parameters that the ${lacking.role}'s rendering has`, mention);
    }
    return template;
  };
  return {
    create: read('create', kind.create),
    arrange: read('arrange', kind.arrange),
    remove: read('remove', kind.remove),
    owns: kind.owns.map((owned, at) => read(`owns[${at}]`, owned)),
    monitors: kind.monitors.map((rule, at) => ({
      name: rule.name,
      ...(rule.interface === undefined
        ? {}
        : { interface: read(`monitors[${at}].interface`, rule.interface) }),
      counters: (rule.counters ?? []).map(({ filter, counter }, index) => ({
        filter: read(`monitors[${at}].counters[${index}].filter`, filter),
        counter: read(`monitors[${at}].counters[${index}].counter`, counter),
      })),
    })),
  };
}
