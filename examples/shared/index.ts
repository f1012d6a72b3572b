export { answerErrors } from './answer-errors.js';
export { createPerson, type Person, type PersonOptions } from './person.js';
export { createUsers, type User, type Users } from './users.js';
