//! Faults and throttling of a running mock.

use super::{MockServer, WorldHandle};
use crate::api::faults::{ArmedFault, Fault};
use crate::api::instruments::Instruments;
use crate::api::throttle::{Throttling, Used};
use crate::domain::error::Error;

fn only_id(armed: Vec<ArmedFault>) -> String {
    armed.into_iter().next().map(|fault| fault.id).unwrap_or_default()
}

impl MockServer {
    /// Arms a fault for every world. Calls are counted over all of them, and no reset takes it away.
    /// Gives its name.
    pub fn fault(&self, fault: Fault) -> Result<String, Error> {
        self.service().faults.arm(&[fault.into_json()], None).map(only_id)
    }

    /// The faults that are armed for every world.
    pub fn faults(&self) -> Vec<ArmedFault> {
        self.service().faults.list(true)
    }

    /// Takes away the faults that are armed for every world.
    pub fn clear_faults(&self) {
        self.service().faults.clear();
    }
}

impl WorldHandle<'_> {
    /// Arms a fault in this world and gives its name. A fault that can never strike is refused with the
    /// reason.
    ///
    /// ```
    /// use partner_center_mock::{Fault, MockServer};
    ///
    /// let mock = MockServer::start_blocking()?;
    /// let world = mock.default_world();
    /// let name = world.fault(Fault::on("getCustomer").every(3).status(503).retry_after(2))?;
    /// assert_eq!(name, "fault-1");
    /// assert_eq!(world.faults()[0].struck, 0);
    /// world.clear_faults();
    /// # assert!(world.faults().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fault(&self, fault: Fault) -> Result<String, Error> {
        let instruments = self.world.attachment::<Instruments>();
        instruments.faults.arm(&[fault.into_json()], Some(&self.world.published())).map(only_id)
    }

    /// The faults that are armed in this world, with how often each struck.
    pub fn faults(&self) -> Vec<ArmedFault> {
        self.world.attachment::<Instruments>().faults.list(false)
    }

    /// Takes a fault away. Gives whether there was one of that name.
    pub fn disarm(&self, name: &str) -> bool {
        self.world.attachment::<Instruments>().faults.disarm(name)
    }

    /// Takes away the faults of this world.
    pub fn clear_faults(&self) {
        self.world.attachment::<Instruments>().faults.clear();
    }

    /// Throttles callers of this world, or stops. All budgets begin anew.
    ///
    /// ```
    /// use partner_center_mock::{MockServer, Throttling};
    ///
    /// let mock = MockServer::start_blocking()?;
    /// let second = std::time::Duration::from_secs(1);
    /// mock.default_world().throttle(Throttling::documented().budget(3, second));
    /// assert!(mock.default_world().budgets().is_empty());
    /// # Ok::<(), partner_center_mock::StartError>(())
    /// ```
    pub fn throttle(&self, setting: Throttling) {
        self.world.attachment::<Instruments>().throttle.set(setting);
    }

    /// How much is used of each budget whose window is open.
    pub fn budgets(&self) -> Vec<Used> {
        let server = self.server.service().options.throttling;
        self.world.attachment::<Instruments>().throttle.used(server, self.world.wall_time())
    }
}
