import { describeRotation } from './describe-rotation.js';

describeRotation({ logins: 500, lanes: 6, milliseconds: 600_000, only: 'postgres' });
