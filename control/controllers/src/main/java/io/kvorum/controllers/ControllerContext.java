package io.kvorum.controllers;

import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informers;
import io.kvorum.client.ObjectApi;
import java.time.InstantSource;

/** What a controller is given: the API to write to, the shared copies to read from, the clock that labels things. */
public record ControllerContext(ObjectApi api, Informers informers, EventRecorder events, InstantSource clock) {}
