//! WASI 0.2 for components of other toolchains (Python, JavaScript, Rust's own `wasm32-wasip2`), in which everything is empty or refused.
//!
//! Such components import files, sockets and an environment because their language's library mentions them, not because the plugin
//! needs them. Every function a component imports is answered by the *type* of its result: lists are empty, options absent, results
//! the error that says "not allowed". What must do more so that a language can start at all is listed in [`special`]. Nothing reaches
//! the machine: no file, no name, no socket, no environment variable, and the clock is the one the contract's `clock` shows.

use std::fmt;

use wasmtime::component::types::{ComponentItem, Type};
use wasmtime::component::{Component, Linker, Resource, ResourceAny, ResourceType, Val};
use wasmtime::{Engine, Error, Result, StoreContextMut};

use crate::live::State;

/// The most random bytes a call of the guest gets.
const MAX_RANDOM_BYTES: u64 = 64 * 1024;
/// What an output stream says it can take; it is thrown away.
const STREAM_BYTES: u64 = 64 * 1024;

/// Stands for every resource of WASI: streams without ends, networks without wires.
struct Refused;

/// Defines what `component` imports of WASI.
pub(crate) fn define(linker: &mut Linker<State>, engine: &Engine, component: &Component) -> Result<()> {
    for (interface, item) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(instance) = item.ty else { continue };
        if !interface.starts_with("wasi:") {
            continue;
        }
        let mut defined = linker.instance(interface)?;
        for (name, item) in instance.exports(engine) {
            match item.ty {
                ComponentItem::Resource(_) => defined.resource(name, ResourceType::host::<Refused>(), |_, _| Ok(()))?,
                ComponentItem::ComponentFunc(_) => {
                    let function = Function::new(interface, name);
                    defined.func_new_async(name, move |mut store, ty, arguments, results| {
                        let function = function.clone();
                        Box::new(async move {
                            let results_of: Vec<Type> = ty.results().collect();
                            for (result, ty) in results.iter_mut().zip(&results_of) {
                                *result = function.answer(&mut store, ty, arguments)?;
                            }
                            if results_of.is_empty() {
                                function.run()?;
                            }
                            give_back(&mut store, arguments).await
                        })
                    })?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Handles lent for a call must be given back before it ends.
async fn give_back(store: &mut StoreContextMut<'_, State>, arguments: &[Val]) -> Result<()> {
    let mut handles = Vec::new();
    handles_in(arguments, &mut handles);
    for handle in handles {
        handle.resource_drop_async(&mut *store).await?;
    }
    Ok(())
}

fn handles_in(values: &[Val], handles: &mut Vec<ResourceAny>) {
    for value in values {
        match value {
            Val::Resource(handle) => handles.push(*handle),
            Val::List(items) | Val::Tuple(items) => handles_in(items, handles),
            Val::Record(fields) => fields.iter().for_each(|(_, value)| handles_in(std::slice::from_ref(value), handles)),
            Val::Variant(_, Some(inner)) | Val::Option(Some(inner)) | Val::Result(Ok(Some(inner)) | Err(Some(inner))) => {
                handles_in(std::slice::from_ref(inner), handles);
            }
            _ => {}
        }
    }
}

/// One function of WASI, named without its version.
#[derive(Clone)]
struct Function {
    interface: String,
    name: String,
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.interface, self.name)
    }
}

impl Function {
    fn new(interface: &str, name: &str) -> Self {
        let interface = interface.split_once('@').map_or(interface, |(name, _)| name);
        Self { interface: interface.to_owned(), name: name.to_owned() }
    }

    /// Functions without a result: leaving is the one that cannot be ignored.
    fn run(&self) -> Result<()> {
        if self.interface == "wasi:cli/exit" {
            Err(Error::msg("the plugin called `exit`; a plugin returns instead"))
        } else {
            Ok(())
        }
    }

    fn answer(&self, store: &mut StoreContextMut<'_, State>, ty: &Type, arguments: &[Val]) -> Result<Val> {
        match self.special(store, ty, arguments)? {
            Some(value) => Ok(value),
            None => self.empty(store, ty),
        }
    }

    /// Functions that must say more than "nothing".
    fn special(&self, store: &mut StoreContextMut<'_, State>, ty: &Type, arguments: &[Val]) -> Result<Option<Val>> {
        let state = store.data_mut();
        let value = match (self.interface.as_str(), self.name.as_str()) {
            ("wasi:clocks/wall-clock", "now") => {
                let millis = state.now().as_millis().max(0);
                let nanos = u32::try_from(millis % 1000).unwrap_or_default() * 1_000_000;
                Val::Record(vec![
                    ("seconds".to_owned(), Val::U64(u64::try_from(millis / 1000).unwrap_or_default())),
                    ("nanoseconds".to_owned(), Val::U32(nanos)),
                ])
            }
            ("wasi:clocks/wall-clock", "resolution") => {
                Val::Record(vec![("seconds".to_owned(), Val::U64(0)), ("nanoseconds".to_owned(), Val::U32(1_000_000))])
            }
            ("wasi:clocks/monotonic-clock", "now") => {
                Val::U64(u64::try_from(state.now().as_millis().max(0)).unwrap_or_default() * 1_000_000)
            }
            ("wasi:clocks/monotonic-clock", "resolution") => Val::U64(1_000_000),
            ("wasi:random/random", "get-random-bytes") | ("wasi:random/insecure", "get-insecure-random-bytes") => {
                let Some(Val::U64(count)) = arguments.first() else { return Ok(None) };
                if *count > MAX_RANDOM_BYTES {
                    return Err(Error::msg(format!(
                        "the plugin asked for {count} random bytes; {MAX_RANDOM_BYTES} are given at once"
                    )));
                }
                Val::List((0..*count).map(|_| Val::U8(state.random().u8(..))).collect())
            }
            ("wasi:random/random", "get-random-u64") | ("wasi:random/insecure", "get-insecure-random-u64") => {
                Val::U64(state.random().u64(..))
            }
            // What is written to a stream goes nowhere, and that is no error: languages write warnings while they start.
            ("wasi:io/streams", name) if name.starts_with("[method]output-stream.") => match ty {
                Type::Result(result) if name.ends_with(".check-write") => {
                    Val::Result(Ok(result.ok().map(|_| Box::new(Val::U64(STREAM_BYTES)))))
                }
                Type::Result(result) => match result.ok() {
                    None => Val::Result(Ok(None)),
                    Some(ty) => Val::Result(Ok(Some(Box::new(self.empty(store, &ty)?)))),
                },
                _ => return Ok(None),
            },
            // Waiting ends at once: there is nothing to wait for.
            ("wasi:io/poll", "[method]pollable.ready") => Val::Bool(true),
            ("wasi:io/poll", "poll") => match arguments.first() {
                Some(Val::List(pollables)) => {
                    Val::List((0..pollables.len()).map(|at| Val::U32(u32::try_from(at).unwrap_or_default())).collect())
                }
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(value))
    }

    /// The emptiest value of a type; of a result, the error that says "not allowed".
    fn empty(&self, store: &mut StoreContextMut<'_, State>, ty: &Type) -> Result<Val> {
        Ok(match ty {
            Type::Bool => Val::Bool(false),
            Type::S8 => Val::S8(0),
            Type::U8 => Val::U8(0),
            Type::S16 => Val::S16(0),
            Type::U16 => Val::U16(0),
            Type::S32 => Val::S32(0),
            Type::U32 => Val::U32(0),
            Type::S64 => Val::S64(0),
            Type::U64 => Val::U64(0),
            Type::Float32 => Val::Float32(0.0),
            Type::Float64 => Val::Float64(0.0),
            Type::Char => Val::Char(' '),
            Type::String => Val::String(String::new()),
            Type::List(_) => Val::List(Vec::new()),
            Type::Option(_) => Val::Option(None),
            Type::Flags(_) => Val::Flags(Vec::new()),
            Type::Record(record) => {
                let fields = record.fields().map(|field| Ok((field.name.to_owned(), self.empty(store, &field.ty)?)));
                Val::Record(fields.collect::<Result<_>>()?)
            }
            Type::Tuple(tuple) => Val::Tuple(tuple.types().map(|ty| self.empty(store, &ty)).collect::<Result<_>>()?),
            Type::Enum(words) => {
                let words: Vec<&str> = words.names().collect();
                Val::Enum(refusing(&words).ok_or_else(|| self.refused())?.to_owned())
            }
            Type::Variant(variant) => {
                let plain: Vec<&str> = variant.cases().filter(|case| case.ty.is_none()).map(|case| case.name).collect();
                Val::Variant(refusing(&plain).ok_or_else(|| self.refused())?.to_owned(), None)
            }
            Type::Result(result) => match (result.err(), result.ok()) {
                (Some(ty), _) => Val::Result(Err(Some(Box::new(self.empty(store, &ty)?)))),
                (None, Some(_) | None) => Val::Result(Err(None)),
            },
            Type::Own(_) => Val::Resource(Resource::<Refused>::new_own(0).try_into_resource_any(&mut *store)?),
            _ => return Err(self.refused()),
        })
    }

    fn refused(&self) -> Error {
        Error::msg(format!("the plugin called `{self}`, which no plugin may"))
    }
}

/// Of the words for an error, the one that says no most plainly.
fn refusing<'a>(words: &[&'a str]) -> Option<&'a str> {
    let plain = ["not-permitted", "access-denied", "access", "HTTP-request-denied", "closed", "unsupported", "not-supported"];
    plain.iter().find_map(|word| words.iter().find(|known| *known == word)).or(words.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::refusing;

    #[test]
    fn refusals_use_the_services_own_word() {
        assert_eq!(refusing(&["access", "already", "not-permitted"]), Some("not-permitted"));
        assert_eq!(refusing(&["unknown", "access-denied", "timeout"]), Some("access-denied"));
        assert_eq!(refusing(&["closed"]), Some("closed"));
        assert_eq!(refusing(&["odd", "other"]), Some("odd"));
        assert_eq!(refusing(&[]), None);
    }
}
