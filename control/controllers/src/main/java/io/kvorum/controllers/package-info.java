/** One package per controller. */
@NullMarked
package io.kvorum.controllers;

import org.jspecify.annotations.NullMarked;
