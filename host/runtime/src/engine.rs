//! The runtime: one WebAssembly engine, its compile cache, the deadline thread and the network, shared by all plugins.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Semaphore;
use wasmtime::component::Component;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, WasmBacktraceDetails};

use crate::cache::Cache;
use crate::clock::Clock;
use crate::error::RuntimeError;
use crate::package::Package;
use crate::ticker::Ticker;

/// Instances alive at once, running or kept warm. Each reserves 4 GiB of addresses (not of memory) when pooled.
const MAX_INSTANCES: u32 = 128;
/// Instances that may be kept warm; the rest stays free for sources.
const MAX_WARM: usize = MAX_INSTANCES as usize / 2;
/// Depth of a guest's own stack; beyond it the call traps.
pub(crate) const WASM_STACK_BYTES: usize = 1024 * 1024;
/// The guest's stack and the host's functions called on top of it.
const FIBER_STACK_BYTES: usize = WASM_STACK_BYTES + 2 * 1024 * 1024;
/// Elements of one table; an interpreter's function table has some twenty thousand.
pub(crate) const MAX_TABLE_ELEMENTS: usize = 100_000;
/// Core instances of one component: its modules and their shims.
pub(crate) const MAX_CORE_INSTANCES: usize = 100;
/// Memories of one component.
pub(crate) const MAX_MEMORIES: usize = 10;
/// Tables of one component.
pub(crate) const MAX_TABLES: usize = 50;

/// Where instances live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pooling {
    /// In a pool if the machine can reserve one, else made on demand.
    #[default]
    Auto,
    /// In a pool; an error if there can be none.
    On,
    /// Made on demand: slower to start (12 µs instead of 4), no addresses reserved.
    Off,
}

/// How a runtime is set up.
#[derive(Debug, Clone, Default)]
pub struct RuntimeOptions {
    /// Folder for compiled plugins; it must belong to this user alone. `None`: compile at every start.
    pub cache_dir: Option<PathBuf>,
    /// Where instances live.
    pub pooling: Pooling,
    /// Host policy of the network.
    pub network: crate::NetworkPolicy,
    /// The clock plugins see.
    pub clock: Clock,
}

/// The sandbox. Cheap to clone; ends its thread when the last clone and the last plugin are gone.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) engine: Engine,
    pub(crate) ticker: Ticker,
    pub(crate) clock: Clock,
    pub(crate) egress: crate::Egress,
    /// One permit a living instance: a pool that is full is waited for.
    pub(crate) instances: Arc<Semaphore>,
    /// One permit an instance kept warm.
    pub(crate) warm: Arc<Semaphore>,
    cache: Cache,
    pooled: bool,
}

impl Runtime {
    /// Starts the engine, its deadline thread and the network side. No plugin is loaded yet.
    ///
    /// # Errors
    /// [`RuntimeError`] if this machine cannot run compiled WebAssembly, the pool was demanded and cannot be had, or the network
    /// policy cannot be used. An unusable cache folder is a warning, not an error.
    pub fn new(options: RuntimeOptions) -> Result<Self, RuntimeError> {
        let (engine, pooled) = engine(options.pooling)?;
        let ticker = Ticker::start(&engine).map_err(RuntimeError::Ticker)?;
        let cache = Cache::open(options.cache_dir.as_deref(), &engine);
        let egress = crate::Egress::new(options.network, options.clock);
        let inner = Inner {
            engine,
            ticker,
            clock: options.clock,
            egress,
            instances: Arc::new(Semaphore::new(MAX_INSTANCES as usize)),
            warm: Arc::new(Semaphore::new(MAX_WARM)),
            cache,
            pooled,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Whether instances live in a pool.
    #[must_use]
    pub fn is_pooled(&self) -> bool {
        self.inner.pooled
    }

    /// The clock plugins see.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.inner.clock
    }

    /// The network side.
    #[must_use]
    pub fn egress(&self) -> &crate::Egress {
        &self.inner.egress
    }

    /// Compiles a plugin, or takes it from the cache.
    pub(crate) fn component(&self, package: &Package) -> Result<Component, RuntimeError> {
        self.inner.cache.component(&self.inner.engine, package).map_err(|error| RuntimeError::Compile {
            plugin: package.manifest().id.clone(),
            version: package.manifest().version.clone(),
            message: format!("{error:#}"),
        })
    }
}

/// An engine and whether it has a pool. `Auto` tries a pool by making one: reserving addresses is what fails where it fails.
fn engine(pooling: Pooling) -> Result<(Engine, bool), RuntimeError> {
    let refused = |error: wasmtime::Error| RuntimeError::Engine { message: format!("{error:#}") };
    if pooling != Pooling::Off {
        let mut config = config();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
        match Engine::new(&config) {
            Ok(engine) => return Ok((engine, true)),
            Err(error) if pooling == Pooling::On => return Err(refused(error)),
            Err(error) => tracing::debug!(error = format!("{error:#}"), "no pool for plugin instances; they are made on demand"),
        }
    }
    Engine::new(&config()).map(|engine| (engine, false)).map_err(refused)
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .cranelift_opt_level(OptLevel::Speed)
        // Deadlines by epoch, not fuel: two to three times faster code.
        .epoch_interruption(true)
        .consume_fuel(false)
        // A deep recursion traps here, long before the fiber's stack ends.
        .max_wasm_stack(WASM_STACK_BYTES)
        .async_stack_size(FIBER_STACK_BYTES)
        // The young parts of WebAssembly stay out: most security advisories are about them.
        .concurrency_support(false)
        .shared_memory(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        // Names of functions in a trap, a few; no source lines.
        .wasm_backtrace_max_frames(NonZeroUsize::new(8))
        .wasm_backtrace_details(WasmBacktraceDetails::Disable);
    config
}

fn pool() -> PoolingAllocationConfig {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(MAX_INSTANCES)
        .total_core_instances(MAX_INSTANCES * 8)
        .total_memories(MAX_INSTANCES)
        .total_tables(MAX_INSTANCES * 4)
        .total_stacks(MAX_INSTANCES)
        .max_core_instances_per_component(count(MAX_CORE_INSTANCES))
        .max_memories_per_component(count(MAX_MEMORIES))
        .max_tables_per_component(count(MAX_TABLES))
        .table_elements(MAX_TABLE_ELEMENTS)
        // The real bound is the call's own limit; a slot has room for all a 32-bit guest can address.
        .max_memory_size(1 << 32)
        .max_unused_warm_slots(16);
    pool
}
