import { GraphQLError, type GraphQLResolveInfo, getNamedType } from 'graphql'
import type { AuthorizationStore } from './authorization-store.ts'
import type { Guards } from './guard-schema.ts'
import { isolateItems, isPromise } from './isolate-items.ts'

/**
 * Creates the guards of resolvers: they refuse operations that are not authorized, and deny the fields of queries that are
 * handled leniently. Denials are rejections, not exceptions: an exception in an item of a list abandons the promises of the
 * other items.
 */
export const createGuards = (authorizations: AuthorizationStore): Guards => ({
  guardResolver: (resolve, isSubscription) =>
    function guardedResolver(source, args, context, info) {
      const authorization = authorizations.find(context, info.operation)
      if (!authorization?.isAllowed) throw createError('FORBIDDEN', 'Operation not authorized.')
      const { expirations, lenient } = authorization
      if (isSubscription && expirations.some((isExpired) => isExpired()))
        throw createError('UNAUTHENTICATED', 'The access token has expired.')
      if (!lenient) return resolve(source, args, context, info)
      if (isCompiledByJit(info))
        throw createError('FORBIDDEN', 'Lenient handling does not work with graphql-jit.')
      const denial = lenient.checkField(info)
      return denial
        ? Promise.reject(denial)
        : isolateItems(info.returnType, resolve(source, args, context, info))
    },
  guardItems: (resolve) =>
    function itemsResolver(source, args, context, info) {
      const result = resolve(source, args, context, info)
      const isLenient = authorizations.find(context, info.operation)?.lenient !== undefined
      return isLenient ? isolateItems(info.returnType, result) : result
    },
  guardTypeResolver: (resolveType) =>
    function guardedTypeResolver(value, context, info, abstractType) {
      // graphql-jit leaves out the last argument.
      const resolved = resolveType(value, context, info, abstractType ?? getNamedType(info.returnType))
      const lenient = authorizations.find(context, info.operation)?.lenient
      if (!lenient) return resolved
      // graphql-jit would not handle a rejection here.
      if (isCompiledByJit(info)) return undefined
      const check = (typeName: string | undefined) => {
        const denial = typeName === undefined ? undefined : lenient.checkObject(typeName, info)
        return denial ? Promise.reject(denial) : typeName
      }
      return isPromise(resolved) ? resolved.then(check) : check(resolved)
    },
})

const createError = (code: string, message: string) => new GraphQLError(message, { extensions: { code } })

/** Returns true if graphql-jit executes the operation: its paths have no names of types. */
const isCompiledByJit = ({ path }: GraphQLResolveInfo): boolean => path.typename === undefined
