import { z } from 'zod';

/**
 * A uuid as PostgreSQL prints it, so that one id has one spelling. Any 128 bits are one to PostgreSQL (`md5(…)::uuid`, all
 * zeros, made by hand), whatever RFC 9562 says of versions.
 */
export const RowId = z.guid().lowercase();
