/** Deepest nesting of blocks that is read; real configurations stay below 20. */
export const maximumDepth = 64;

/** Most words from the top of the configuration down to the end of a statement: each is a level of its own in the model. Real ones stay below 40. */
export const maximumWords = 256;
