//! A body on its way: the bytes as they are sent, read one after another and counted before they are kept.

use actix_web::{
    HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::header,
    web::{Bytes, Data},
};
use futures_util::StreamExt;
use tokio::time::Instant;

use super::{
    bodies::{Bodies, Held},
    coding::{self, Coding},
    room::{Place, SMALL},
};
use crate::base::{
    http::BODY_LIMIT,
    i18n::{Bilingual, bilingual},
    problem::{Problem, kinds},
    served::served,
    validation::malformed,
};

/// A body of which nothing was read yet.
pub struct Incoming {
    payload: Payload,
    coding: Result<Option<Coding>, Problem>,
    declared: Option<usize>,
    bodies: Data<Bodies>,
    place: Place,
}

impl Incoming {
    /// The body of a request. The framework's own extractors would inflate each part of it at once, whatever it holds.
    pub fn of(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Problem> {
        let bodies = request.app_data::<Data<Bodies>>().ok_or_else(|| Problem::internal("no room for bodies"))?;
        let length = request.headers().get(header::CONTENT_LENGTH);
        Ok(Self {
            payload: payload.take(),
            coding: coding::of(request.headers()),
            declared: length.and_then(|length| length.to_str().ok()?.parse().ok()),
            place: bodies.room.place(served().and_then(|request| request.client())),
            bodies: bodies.clone(),
        })
    }

    /// What it is compressed with.
    ///
    /// # Errors
    /// `unsupported-content-encoding`.
    pub fn coding(&self) -> Result<Option<Coding>, Problem> {
        match &self.coding {
            Ok(coding) => Ok(*coding),
            Err(problem) => Err(Problem::new(problem.kind, problem.detail.clone())),
        }
    }

    /// The bytes of the body, which are at most so many and must all be here within the time of the setting, however they
    /// trickle in; and the room that they take.
    pub async fn whole(mut self, most: usize) -> Result<(Bytes, Held), Problem> {
        let time = self.bodies.time;
        let Ok(read) = tokio::time::timeout(time, self.read(most)).await else {
            let seconds = time.as_secs();
            return Err(Problem::new(
                &kinds::REQUEST_TIMEOUT,
                bilingual!(
                    "Nội dung chưa đến đủ sau {seconds} giây.",
                    "The body was not complete after {seconds} seconds."
                ),
            ));
        };
        Ok((read?, Held::of(self.place, self.bodies.into_inner())))
    }

    async fn read(&mut self, most: usize) -> Result<Bytes, Problem> {
        let until = Instant::now() + self.bodies.wait;
        let declared = self.declared.unwrap_or_default();
        if declared > most {
            return Err(too_large(most));
        }
        let mut taken = declared;
        self.place.grow(self.room_for(declared), until).await?;
        let mut all = Vec::new();
        while let Some(part) = self.payload.next().await {
            let part = part.map_err(|error| broken_off(&error, most))?;
            if all.is_empty() && part.len() == declared {
                return Ok(part);
            }
            let length = all.len() + part.len();
            if length > most {
                return Err(too_large(most));
            }
            if length > taken {
                let step = taken.clamp(SMALL / 8, 16 * SMALL).min(most - taken).max(length - taken);
                taken += step;
                self.place.grow(self.room_for(taken), Instant::now() + self.bodies.wait).await?;
            }
            all.reserve_exact(taken - all.len());
            all.extend_from_slice(&part);
        }
        if matches!(self.coding, Ok(None)) {
            self.place.shrink(2 * all.len());
        }
        Ok(all.into())
    }

    /// What a body of so many bytes takes: twice as much, as it came and as what is made of it. One that is large and does
    /// not say how large, as it is sent or unpacked, takes all that it may: of bodies that each wait for more, none would
    /// come to its end.
    fn room_for(&self, bytes: usize) -> usize {
        let is_told = matches!(self.coding, Ok(None)) && self.declared.is_some();
        if is_told || 2 * bytes <= SMALL { 2 * bytes } else { 2 * BODY_LIMIT }
    }
}

fn broken_off(error: &PayloadError, most: usize) -> Problem {
    match error {
        PayloadError::Overflow => too_large(most),
        _ => malformed(&Bilingual::new("nội dung bị đứt giữa chừng", "the body broke off")),
    }
}

/// 413 with the limit.
pub fn too_large(most: usize) -> Problem {
    let (size, unit) = if most < 1 << 20 { (most >> 10, "KiB") } else { (most >> 20, "MiB") };
    Problem::new(
        &kinds::BODY_TOO_LARGE,
        bilingual!(
            "Nội dung lớn hơn {size} {unit}; hãy chia thành nhiều lần gửi.",
            "The body is larger than {size} {unit}; send it in several parts."
        ),
    )
}
