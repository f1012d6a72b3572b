import { checkCount, checkList, checkNumber, checkObject, checkString } from './store-arguments.js';

type CheckArgument = (value: unknown, path: string) => void;

const values = {
  text: 'secret',
  digits: '1',
  one: 1,
  half: 1.5,
  zero: 0,
  huge: 2 ** 53,
  infinite: Infinity,
  notANumber: Number.NaN,
  big: 1n,
  object: {},
  list: [],
  nothing: null,
  absent: undefined,
};

describe('the check of an argument', () => {
  it.each<[name: string, check: CheckArgument, expected: string, accepted: string[]]>([
    ['checkString', checkString, 'a string', ['text', 'digits']],
    ['checkNumber', checkNumber, 'a finite number', ['one', 'half', 'zero', 'huge']],
    ['checkCount', checkCount, 'a whole number of 1 or more', ['one']],
    ['checkObject', checkObject, 'an object', ['object', 'list']],
    ['checkList', checkList, 'an array', ['list']],
  ])('%s takes nothing else, and never repeats the value', (_, check, expected, accepted) => {
    for (const [name, value] of Object.entries(values)) {
      const checking = expect(() => check(value, 'a.b'));
      const got = value === null ? 'null' : typeof value;
      if (accepted.includes(name)) checking.not.toThrow();
      else checking.toThrow(new TypeError(`a.b must be ${expected}, got ${got}`));
    }
  });
});
