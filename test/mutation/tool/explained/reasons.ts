/** Reasons that many mutants share. */
export const WORDS = 'the words of a message for a person, which no program reads';
export const OPERATION = 'the name of the operation, which only an error says';
export const WRITE = 'whatever is not `done` is written';
