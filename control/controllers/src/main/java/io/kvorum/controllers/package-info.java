/** One package per controller; what they are all made of, and the manager that starts them, stand here. */
@NullMarked
package io.kvorum.controllers;

import org.jspecify.annotations.NullMarked;
