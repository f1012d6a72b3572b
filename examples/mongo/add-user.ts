// NEW_PASSWORD=… node dist/add-user.js ada@acme.example Ada
import mongoose from 'mongoose';
import { connect } from './database.js';
import { addUser } from './models.js';

const [email = '', name = ''] = process.argv.slice(2);
const { NEW_PASSWORD = '' } = process.env;
if (!email || !name || !NEW_PASSWORD) {
  console.error('Give an e-mail address and a name, and the password as NEW_PASSWORD.');
  process.exit(1);
}
await connect();
try {
  await addUser(email, name, NEW_PASSWORD);
  console.log(`added ${name}`);
} finally {
  await mongoose.disconnect();
}
