/** What a worker writes down, a line each: the faults it asks for, by name, and these. */
export const KILLED = 'killed ';
export const STARTED = 'started ';
