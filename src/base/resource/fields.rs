//! The fields of an entity, listed once: [`fields!`] makes its table's struct, its bodies and its columns of that list.
//!
//! One line for each field, in the order of the answer and of the CSV, under a doc comment that all forms share:
//! `kind name: Type = value => "Vietnamese header";`
//!
//! | Kind | In the table | In create and update | In a patch |
//! |---|---|---|---|
//! | `kept x: T = value` | `T`, at first `value` | – | – |
//! | `key x: T`, `key x: T = value` | `T`, from the create body or `value` | `T`, create only | – |
//! | `required x: T` | `T` | must be there | a value |
//! | `defaulted x: T` | `T` | absent is `T::default()` | a value |
//! | `filled x: T = value` | `T` | absent is `value` | a value |
//! | `chosen x: T = value` | `T` | absent is `value` | – |
//! | `optional x: T` | `Option<T>` | absent is null | a value, or null |
//! | `json x: T` | the same as JSON text | absent is null | a value, or null |
//! | `lasting x: T` | `Option<T>` | absent is null at first, then what it was | a value |
//! | `list(most) x: T` | JSON text of a list | absent is empty | a list; null empties |
//! | `sent x: T` | – | optional | a value |
//! | `computed x` | –, only a column of the answer | – | – |
//!
//! The `value` of `kept` and `key` may name the parameters of `first(…)`, the others' those of `absent(…)`. At the end
//! of a line, `, stored #[…]` is an attribute of the table's struct alone. A field without a header has no column.
//! Without an `update` body the create body is what replaces the whole.

/// Declares the forms of an entity; the module says how a line of the list is read.
///
/// Pure functions go with them: `first` makes the first version, `replaced` puts an update onto a version, `patched` a
/// patch; what the service keeps is not touched by the last two.
macro_rules! fields {
    (
        $(#[$table:meta])* entity $entity:ident;
        first($($first:ident: $first_type:ty),* $(,)?);
        $(#[$create:meta])* create $create_name:ident;
        $(#[$update:meta])* update $update_name:ident;
        $(#[$patch:meta])* patch $patch_name:ident;
        $($lines:tt)*
    ) => {
        $crate::base::resource::fields!(@lines {
            { $(#[$table])* pub struct $entity } { $(#[$create])* pub struct $create_name }
            { $(#[$update])* pub struct $update_name } { $(#[$patch])* pub struct $patch_name }
            $entity $create_name $update_name $patch_name ($($first: $first_type),*) ()
        } $($lines)*);
    };
    (
        $(#[$table:meta])* entity $entity:ident;
        first($($first:ident: $first_type:ty),* $(,)?);
        $(absent($($absent:ident: $absent_type:ty),* $(,)?);)?
        $(#[$create:meta])* create $create_name:ident;
        $(#[$patch:meta])* patch $patch_name:ident;
        $($lines:tt)*
    ) => {
        $crate::base::resource::fields!(@lines {
            { $(#[$table])* pub struct $entity } { $(#[$create])* pub struct $create_name }
            {} { $(#[$patch])* pub struct $patch_name }
            $entity $create_name $create_name $patch_name
            ($($first: $first_type),*) ($($($absent: $absent_type),*)?)
        } $($lines)*);
    };
    (@lines $head:tt $(
        $(#[$meta:meta])* $kind:ident $(($most:tt))? $name:ident $(: $type:ty)? $(= $value:expr)?
        $(=> $header:literal)? $(, stored $(#[$stored:meta])+)?;
    )+) => {
        $crate::base::resource::fields!(@make $head [] $({
            $kind $name [$(#[$meta])*] [$($(#[$stored])+)?] [$($header)?] $($type)? $(= $value)? $(, $most)?
        })+);
    };

    // What a kind adds to each form, and where `first`, `replaced` and `patched` take its value from.
    (@make $head:tt [$($made:tt)*] {
        kept $name:ident [$($meta:tt)*] [$($stored:tt)*] [$($header:tt)?] $type:ty = $value:expr
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            table { $($meta)* $($stored)* pub $name: $type, }
            set $name = $value; $(column $name $header Never)?
        }] $($rest)*);
    };
    (@make $head:tt [$($made:tt)*] {
        key $name:ident [$($meta:tt)*] [$($stored:tt)*] [$($header:tt)?] $type:ty
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            table { $($meta)* $($stored)* pub $name: $type, }
            key { $($meta)* pub $name: $type, }
            once $name $(column $name $header Once)?
        }] $($rest)*);
    };
    (@make $head:tt [$($made:tt)*] {
        key $name:ident [$($meta:tt)*] [$($stored:tt)*] [$($header:tt)?] $type:ty = $value:expr
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            table { $($meta)* $($stored)* pub $name: $type, }
            key { $($meta)* pub $name: $type, }
            set $name = $value; $(column $name $header Once)?
        }] $($rest)*);
    };
    (@make $head:tt [$($made:tt)*] {
        required $name:ident [$($meta:tt)*] [$($stored:tt)*] [$($header:tt)?] $type:ty
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            table { $($meta)* $($stored)* pub $name: $type, }
            body { $($meta)* pub $name: $type, }
            patch {
                $($meta)* #[schema(nullable = false)]
                #[serde(default, deserialize_with = "crate::base::resource::not_null")]
                pub $name: Option<$type>,
            }
            whole $name patched $name $(column $name $header Value)?
        }] $($rest)*);
    };
    (@make $head:tt [$($made:tt)*] {
        defaulted $name:ident [$($meta:tt)*] [$($stored:tt)*] [$($header:tt)?] $type:ty
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            table { $($meta)* $($stored)* pub $name: $type, }
            body { $($meta)* #[serde(default)] pub $name: $type, }
            patch {
                $($meta)* #[schema(nullable = false)]
                #[serde(default, deserialize_with = "crate::base::resource::not_null")]
                pub $name: Option<$type>,
            }
            whole $name patched $name $(column $name $header Value)?
        }] $($rest)*);
    };
    (@make $head:tt [$($made:tt)*] {
        filled $name:ident [$($meta:tt)*] [$($stored:tt)*] [$($header:tt)?] $type:ty = $value:expr
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            table { $($meta)* $($stored)* pub $name: $type, }
            body { $($meta)* pub $name: Option<$type>, }
            patch {
                $($meta)* #[schema(nullable = false)]
                #[serde(default, deserialize_with = "crate::base::resource::not_null")]
                pub $name: Option<$type>,
            }
            whole $name or $value; patched $name $(column $name $header Value)?
        }] $($rest)*);
    };
    (@make $head:tt [$($made:tt)*] {
        chosen $name:ident [$($meta:tt)*] [$($stored:tt)*] [$($header:tt)?] $type:ty = $value:expr
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            table { $($meta)* $($stored)* pub $name: $type, }
            body { $($meta)* pub $name: Option<$type>, }
            whole $name or $value; $(column $name $header Once)?
        }] $($rest)*);
    };
    (@make $head:tt [$($made:tt)*] {
        optional $name:ident [$($meta:tt)*] [$($stored:tt)*] [$($header:tt)?] $type:ty
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            table { $($meta)* $($stored)* pub $name: Option<$type>, }
            body { $($meta)* pub $name: Option<$type>, }
            patch {
                $($meta)* #[schema(value_type = Option<$type>)]
                #[serde(default)]
                pub $name: $crate::base::resource::Patched<$type>,
            }
            whole $name patched $name $(column $name $header Nullable)?
        }] $($rest)*);
    };
    (@make $head:tt [$($made:tt)*] {
        json $name:ident [$($meta:tt)*] [$($stored:tt)*] [$($header:tt)?] $type:ty
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            table {
                $($meta)* $($stored)* #[schema(value_type = Option<$type>)]
                pub $name: Option<$crate::base::db::types::JsonText<$type>>,
            }
            body {
                $($meta)* #[schema(value_type = Option<$type>)]
                pub $name: Option<$crate::base::db::types::JsonText<$type>>,
            }
            patch {
                $($meta)* #[schema(value_type = Option<$type>)]
                #[serde(default)]
                pub $name: $crate::base::resource::Patched<$crate::base::db::types::JsonText<$type>>,
            }
            whole $name patched $name $(column $name $header Nullable)?
        }] $($rest)*);
    };
    (@make $head:tt [$($made:tt)*] {
        lasting $name:ident [$($meta:tt)*] [$($stored:tt)*] [$($header:tt)?] $type:ty
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            table { $($meta)* $($stored)* pub $name: Option<$type>, }
            body { $($meta)* pub $name: Option<$type>, }
            patch {
                $($meta)* #[schema(nullable = false)]
                #[serde(default, deserialize_with = "crate::base::resource::not_null")]
                pub $name: Option<$type>,
            }
            lasting $name patched $name $(column $name $header Value)?
        }] $($rest)*);
    };
    (@make $head:tt [$($made:tt)*] {
        list $name:ident [$($meta:tt)*] [$($stored:tt)*] [$($header:tt)?] $type:ty, $most:tt
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            table {
                $($meta)* $($stored)* #[schema(value_type = Vec<$type>)]
                pub $name: $crate::base::db::types::JsonText<Vec<$type>>,
            }
            body {
                $($meta)* #[schema(value_type = Vec<$type>, max_items = $most)]
                #[serde(default)]
                pub $name: $crate::base::db::types::JsonText<Vec<$type>>,
            }
            patch {
                $($meta)* #[schema(value_type = Option<Vec<$type>>, max_items = $most)]
                #[serde(default)]
                pub $name: $crate::base::resource::Patched<$crate::base::db::types::JsonText<Vec<$type>>>,
            }
            whole $name patched $name $(column $name $header List)?
        }] $($rest)*);
    };
    (@make $head:tt [$($made:tt)*] {
        sent $name:ident [$($meta:tt)*] [$($stored:tt)*] [] $type:ty
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            body { $($meta)* pub $name: Option<$type>, }
            patch {
                $($meta)* #[schema(nullable = false)]
                #[serde(default, deserialize_with = "crate::base::resource::not_null")]
                pub $name: Option<$type>,
            }
        }] $($rest)*);
    };
    (@make $head:tt [$($made:tt)*] {
        computed $name:ident [$($meta:tt)*] [$($stored:tt)*] [$($header:tt)?]
    } $($rest:tt)*) => {
        $crate::base::resource::fields!(@make $head [$($made)* {
            $(column $name $header Never)?
        }] $($rest)*);
    };

    (@make {
        { $($table:tt)* } { $($create:tt)* } $update:tt { $($patch:tt)* }
        $entity:ident $create_name:ident $update_name:ident $patch_name:ident
        ($($first:ident: $first_type:ty),*) ($($absent:ident: $absent_type:ty),*)
    } [$({
        $(table { $($table_field:tt)* })? $(key { $($key_field:tt)* })?
        $(body { $($body_field:tt)* })? $(patch { $($patch_field:tt)* })?
        $(set $set:ident = $value:expr;)? $(once $once:ident)? $(lasting $lasting:ident)?
        $(whole $whole:ident $(or $other:expr;)?)? $(patched $patched:ident)?
        $(column $column:ident $header:literal $given:ident)?
    })+]) => {
        $($table)* { $($($($table_field)*)?)+ }
        $($create)* { $($($($key_field)*)? $($($body_field)*)?)+ }
        $($patch)* { $($($($patch_field)*)?)+ }
        $crate::base::resource::fields!(@update $update { $($($($body_field)*)?)+ }
            $create_name $update_name { $($($whole)? $($lasting)?)+ });

        $crate::base::resource::columns!($entity: $($($column $given => $header,)?)+);

        impl $entity {
            /// The first version, as given.
            #[must_use]
            pub fn first(body: $update_name $(, $first: $first_type)* $(, $absent: $absent_type)*) -> Self {
                Self { $(
                    $($set: $value,)? $($once: body.$once,)? $($lasting: body.$lasting,)?
                    $($whole: body.$whole $(.unwrap_or($other))?,)?
                )+ }
            }

            /// With all that its owner says of it; what the service keeps stays, version and times too.
            #[must_use]
            pub fn replaced(mut self, body: $update_name $(, $absent: $absent_type)*) -> Self {
                $(
                    $(self.$lasting = body.$lasting.or(self.$lasting);)?
                    $(self.$whole = body.$whole $(.unwrap_or($other))?;)?
                )+
                self
            }

            /// With what a patch says; what the service keeps stays, version and times too.
            #[must_use]
            pub fn patched(mut self, patch: $patch_name) -> Self {
                $($($crate::base::resource::Apply::apply(patch.$patched, &mut self.$patched);)?)+
                self
            }
        }
    };
    (@update {} $fields:tt $create_name:ident $update_name:ident $given:tt) => {};
    (@update { $($update:tt)* } $fields:tt $create_name:ident $update_name:ident { $($given:ident)+ }) => {
        $($update)* $fields

        impl From<$create_name> for $update_name {
            /// The same without the keys.
            fn from(new: $create_name) -> Self {
                Self { $($given: new.$given),+ }
            }
        }
    };
}
pub(crate) use fields;
