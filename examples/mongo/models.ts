// The models that the app had before. Gatehouse knows nothing of them, and they nothing of Gatehouse.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import mongoose from 'mongoose';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);

const userSchema = new mongoose.Schema(
  {
    email: { type: String, required: true, unique: true, lowercase: true },
    name: { type: String, required: true },
    salt: { type: Buffer, required: true },
    hash: { type: Buffer, required: true },
    isActive: { type: Boolean, default: true },
  },
  { timestamps: true },
);
export const User = mongoose.model('User', userSchema);
export type UserDocument = InstanceType<typeof User>;

const noteSchema = new mongoose.Schema({
  userId: { type: String, required: true, index: true },
  text: { type: String, required: true },
});
export const Note = mongoose.model('Note', noteSchema);

export async function addUser(email: string, name: string, password: string): Promise<void> {
  const salt = randomBytes(16);
  await User.create({ email, name, salt, hash: await derive(password, salt, 32) });
}

export async function findUser(id: string): Promise<UserDocument | undefined> {
  const user = mongoose.isValidObjectId(id) ? await User.findById(id) : undefined;
  return user?.isActive ? user : undefined;
}

const nobody = { salt: randomBytes(16), hash: randomBytes(32) };

export async function checkPassword(
  email: string,
  password: string,
): Promise<UserDocument | undefined> {
  const user = await User.findOne({ email: email.toLowerCase(), isActive: true });
  // An unknown address costs as much as a wrong password, so the time does not tell which addresses exist.
  const { salt, hash } = user ?? nobody;
  const derived = await derive(password, Buffer.from(salt), 32);
  return timingSafeEqual(derived, Buffer.from(hash)) && user ? user : undefined;
}
